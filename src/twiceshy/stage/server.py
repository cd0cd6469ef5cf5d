"""A scratch PostgreSQL server: made from nothing, gone with the stage.

This class is the seam for other sorts of servers (one by URL, say): `Database` needs its
`address`, `connect`, `binaries`, `log` and `can_rewind`, nothing else.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import time
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from twiceshy.errors import ServerUnavailable
from twiceshy.postgres.connect import Address, connect
from twiceshy.stage.binaries import SHIMS, reachable_by
from twiceshy.stage.ports import free_port
from twiceshy.stage.processes import step_down_user, wait_ready

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.postgres.connect import Connection
    from twiceshy.stage.binaries import Binaries
    from twiceshy.stage.processes import Child, Keeper, User

SUPERUSER = "twiceshy"
# No schema of a user is called so; one called like the role would come before `public`.
ROLE = "twiceshy_service"
# Each log record starts with a byte that no UTF-8 text holds.
RECORD_START = b"\xff"
_START_WITHIN = 30.0

_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0777
max_connections = 200
shared_buffers = 64MB
fsync = off
full_page_writes = off
synchronous_commit = on
wal_level = logical
max_wal_senders = 8
max_replication_slots = 8
max_wal_size = 2GB
checkpoint_timeout = 1h
dynamic_shared_memory_type = mmap
autovacuum = off
jit = off
max_parallel_workers_per_gather = 0
password_encryption = md5
plan_cache_mode = force_custom_plan
shared_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
auto_explain.log_verbose = on
auto_explain.log_format = json
log_statement = all
log_destination = stderr
logging_collector = off
log_min_messages = warning
log_parameter_max_length_on_error = -1
log_checkpoints = off
log_line_prefix = '\\377%p|%d|%e|'
lc_messages = 'C'
"""
_SINCE = {
    16: "auto_explain.log_parameter_max_length = -1\n",
    18: "io_method = sync\nmd5_password_warnings = off\n",
}
# Others of this machine can reach port and socket, too. Without a password comes in only who we
# are, by the socket; the superuser in no other way.
_ACCESS = f"""
local all {SUPERUSER},{ROLE} peer map=ours
local all all password
host all {SUPERUSER} 127.0.0.1/32 reject
host all all 127.0.0.1/32 password
"""
# Locales under which lower() and the like know more letters than ASCII, the best one first.
_LOCALES = {
    17: ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    14: ("--locale=C", "--lc-ctype=C.UTF-8"),
    0: ("--locale=C",),
}


class Server:
    """One running scratch server. `log` is its stderr, complete when a client has its answer."""

    can_rewind = True

    def __init__(self, keeper: Keeper, binaries: Binaries, folder: Path) -> None:
        self._keeper = keeper
        self._folder = folder
        self.log = folder / "server.log"
        self.binaries = binaries
        self.user: User | None = step_down_user()
        self.child: Child | None = None
        self.address = Address(folder, free_port(), SUPERUSER, ROLE, secrets.token_hex(8))

    @property
    def version(self) -> str:
        """For people: `PostgreSQL 18.6 (embedded)`."""
        return f"PostgreSQL {self.binaries.version} ({self.binaries.label})"

    def start(self) -> None:
        """Make the data folder and start; ServerUnavailable with the server's own words if not."""
        self._folder.mkdir(parents=True)
        if self.user:
            os.chown(self._folder, self.user.uid, self.user.gid)
            self._make_reachable(self.user)
        self._run_initdb()
        self._configure()
        self.resume()
        with self.connect("postgres") as conn:
            password = self.address.password
            conn.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'")

    def resume(self) -> None:
        """Start the server on the data that it has, as after `stop`; ServiceFailed if it fails."""
        self.child = self._keeper.start(
            "postgres",
            [
                *(str(self.binaries.bin / "postgres"), "-D", str(self._data)),
                *("-k", str(self._folder), "-p", str(self.address.port)),
            ],
            env=self._environment(),
            cwd=self._folder,
            output=self.log,
            user=self.user,
            stop_signal=signal.SIGQUIT,
        )
        wait_ready(self.child, self._refusal, within=_START_WITHIN)

    def connect(self, database: str) -> Connection:
        """A superuser connection of ours."""
        return connect(self.address, database)

    def stop(self) -> None:
        """Stop the server at once, as a crash would: what was committed is there again later."""
        if self.child is not None:
            self.child.stop(grace=5.0)
            self.child = None

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}

    def _make_reachable(self, user: User) -> None:
        if not reachable_by(self.binaries.bin / "postgres", user.uid, user.gid):
            target = self._folder / "programs"
            target.mkdir(mode=0o755)
            self.binaries = self.binaries.copied_to(target)

    def _run_initdb(self) -> None:
        program = [str(self.binaries.bin / "initdb"), "-D", str(self._data), "-U", SUPERUSER]
        # Killed at this moment, it must not tidy up by itself: its folder tells where its shared
        # memory is.
        options = ["-A", "peer", "-E", "UTF8", "--no-sync", "--no-instructions", "--no-clean"]
        if self.binaries.major >= 16:
            options += ["-c", "dynamic_shared_memory_type=mmap"]
        output = ""
        for locale in (found for major, found in _LOCALES.items() if self.binaries.major >= major):
            code, output = self._keeper.run(
                "initdb",
                [*program, *options, *locale],
                env=self._environment(),
                cwd=self._folder,
                user=self.user,
                timeout=60,
            )
            if code == 0:
                return
            shutil.rmtree(self._data, ignore_errors=True)
        raise ServerUnavailable(
            "The scratch database server could not be set up",
            where=str(self.binaries.bin / "initdb"),
            seen=output[-2000:],
            todo="give the account a name, for instance by a line in /etc/passwd"
            if "could not look up effective user ID" in output
            else "twiceshy doctor examines the servers of this machine",
        )

    def _configure(self) -> None:
        settings = _SETTINGS + "".join(
            text for major, text in _SINCE.items() if self.binaries.major >= major
        )
        if self.binaries.major >= 18:
            settings += f"extension_control_path = '$system:{self._folder / 'shims'}'\n"
        ours = pwd.getpwuid(os.geteuid()).pw_name
        map_ours = "".join(f'ours "{ours}" {role}\n' for role in (SUPERUSER, ROLE))
        for name, text in (
            ("postgresql.auto.conf", settings),
            ("pg_hba.conf", _ACCESS),
            ("pg_ident.conf", map_ours),
        ):
            path = self._data / name
            path.write_text(text, encoding="utf-8")
            if self.user:
                os.chown(path, self.user.uid, self.user.gid)

    def add_shims(self, names: tuple[str, ...]) -> None:
        """Put stand-ins of plain SQL where `CREATE EXTENSION` finds them."""
        folder = self._folder / "shims" / "extension"
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            for source in SHIMS.glob(f"{name}*"):
                (folder / source.name).write_bytes(source.read_bytes())

    def _refusal(self) -> str:
        """What the server says instead of letting us in, or ""."""
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError as error:
            return str(error) or "no connection"
        return ""

    def wait_until_empty(self, database: str, within: float = 5.0) -> None:
        """Wait until nobody is connected to `database`; then force whoever is left off."""
        deadline = time.monotonic() + within
        with self.connect("postgres") as conn:
            count = partial(
                conn.execute, "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]
            )
            while (count().fetchone() or (0,))[0] and time.monotonic() < deadline:
                time.sleep(0.005)
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [database],
            )
