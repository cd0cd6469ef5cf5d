"""What must stay true of the project as a whole: sizes, layers, documentation, menu."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from twiceshy.config import load_project
from twiceshy.guards import KINDS, kind_named
from twiceshy.reports import parse_report

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "twiceshy"
MODULES = sorted(SOURCE.rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """A path as test id."""
    return str(path.relative_to(ROOT))


def page(path: str) -> str:
    """The text of a file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def renderer():
    """The script that writes the generated parts of the documentation."""
    spec = importlib.util.spec_from_file_location("render_docs", ROOT / "docs" / "render.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_modules_and_functions_are_small(module):
    """A module has at most 400 lines and a function at most 40, decorators and docstring aside."""
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
            assert node.end_lineno - first.lineno < 40, f"{node.name} is too long"


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_modules_are_named_for_something(module):
    """No drawer for unlike things: a module is named for a noun of the domain or for an act."""
    assert module.stem not in {"utils", "util", "helpers", "common", "misc", "data", "types"}


def test_every_package_has_its_layer():
    """The layers in pyproject.toml name every package, and ARCHITECTURE.md draws them all."""
    layers = " ".join(PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"])
    drawn = page("ARCHITECTURE.md")
    for path in SOURCE.iterdir():
        if path.suffix == ".py" or (path / "__init__.py").exists():
            if path.stem.startswith("__"):
                continue
            assert re.search(rf"\b{path.stem}\b", layers), path.stem
            assert re.search(rf"\b{path.stem}\b", drawn), path.stem


def test_the_architecture_fits_on_a_page():
    """ARCHITECTURE.md is read to the end because it has at most 60 lines."""
    assert len(page("ARCHITECTURE.md").splitlines()) <= 60


def test_the_plugin_is_light():
    """A pytest run without guards pays for no database driver, parser or HTTP client."""
    heavy = {"psycopg", "pglast", "http.client", "twiceshy.stage", "twiceshy.traffic", "typer"}
    code = "import sys, twiceshy.pytest_plugin; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert heavy.isdisjoint(loaded)


def test_each_lint_exception_states_its_reason():
    """A rule is switched off with its reason beside it."""
    block = page("pyproject.toml").partition("[tool.ruff.lint]")[2]
    codes = [line for line in block.splitlines() if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert codes
    assert [line for line in codes if not re.search(r"#\s+\S", line)] == []


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_each_silenced_line_names_what_is_silenced_and_why(module):
    """`noqa` and `type: ignore` say which rule they mean, and give their reason beside it."""
    for line in module.read_text(encoding="utf-8").splitlines():
        assert not re.search(r"#\s*noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)* +(-|#) \S)", line), line
        assert not re.search(r"#\s*type:\s*ignore(?!\[[^\]]+\]  # \S)", line), line


@pytest.mark.parametrize("query", sorted(SOURCE.glob("postgres/queries/*.sql")), ids=name)
def test_each_query_says_what_it_answers(query):
    """A file of SQL begins with a comment for its reader."""
    assert query.read_text(encoding="utf-8").startswith("-- ")


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(path):
    """Every relative link in the documentation has a target."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_generated_parts_of_pages_are_fresh(path, renderer):
    """Keys, placeholders and commands in the pages are those of the code; `make docs` mends it."""
    text = path.read_text(encoding="utf-8")
    assert renderer.rendered(text) == text


def test_options_of_the_plugin_are_documented():
    """What the plugin adds to pytest's command line and ini file stands in the page of commands."""
    plugin = (SOURCE / "pytest_plugin.py").read_text(encoding="utf-8")
    options = re.findall(r'add(?:option|ini)\(\s*"([^"]+)"', plugin)
    assert options
    for option in options:
        assert f"`{option}" in page("docs/commands.md")


def test_every_page_is_in_the_index():
    """docs/README.md leads to every page."""
    index = page("docs/README.md")
    for path in (ROOT / "docs").rglob("*.md"):
        if path.name != "README.md":
            assert f"({path.relative_to(ROOT / 'docs')})" in index


def test_the_menu_is_complete():
    """`make` prints every target, and CONTRIBUTING.md explains every one."""
    makefile = page("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) - {"setup", "menu"}
    told = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"menu"}
    assert told == targets
    assert targets == set(re.findall(r"\| `make ([a-z]+)` \|", page("CONTRIBUTING.md")))


def test_ci_calls_the_menu_only():
    """CI and the workflow run what a developer runs."""
    steps = re.findall(r"^make \w+", page(".ci/run"), re.MULTILINE)
    assert steps == ["make test", "make lint", "make demo"]
    runs = re.findall(r"- run: (.*)", page(".github/workflows/ci.yml"))
    assert runs
    assert all(run.startswith("make ") for run in runs)


def test_the_changelog_has_a_place_for_the_next_change():
    """CHANGELOG.md begins with what is not yet released."""
    headings = re.findall(r"^## (.*)$", page("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"


def examples(path: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language; a block within a block does not count."""
    found = re.findall(r"^(`{3,4})([^\n]*)\n(.*?)^\1$", page(path), re.MULTILINE | re.DOTALL)
    return [text for _, info, text in found if info == language]


CONFIGURATIONS = [
    (path, text)
    for path in ("README.md", "docs/configuration.md")
    for text in examples(path, "toml")
    if "[service]" in text
]


@pytest.mark.parametrize(("path", "text"), CONFIGURATIONS, ids=[path for path, _ in CONFIGURATIONS])
def test_configurations_in_pages_can_be_read(path, text, tmp_path):
    """What the documentation shows as twiceshy.toml is accepted, key by key."""
    for named in ("db/schema.sql", "db/seed.sql", "openapi.yaml"):
        (tmp_path / named).parent.mkdir(exist_ok=True)
        (tmp_path / named).write_text("")
    (tmp_path / "twiceshy.toml").write_text(text)
    assert load_project(tmp_path).service.ready == "GET /health"


GUARDS = [
    (name(path), text)
    for path in PAGES
    for text in examples(name(path), "toml")
    if text.startswith("kind")
]


@pytest.mark.parametrize(("path", "text"), GUARDS, ids=[path for path, _ in GUARDS])
def test_guards_in_pages_are_valid(path, text):
    """What the documentation shows as a guard is one, key by key."""
    table = tomllib.loads(text)
    kind_named(table["kind"]).spec_type.model_validate_json(json.dumps(table))


REPORTS = [(name(path), text) for path in PAGES for text in examples(name(path), "markdown")]


@pytest.mark.parametrize(("path", "text"), REPORTS, ids=[path for path, _ in REPORTS])
def test_reports_in_pages_can_be_read(path, text):
    """What the documentation shows of a report is read without a problem, its guards included."""
    report = parse_report(text, Path(path))
    assert report.problems == ()
    for guard in report.guards:
        kind_named(guard.kind).spec_type.model_validate_json(json.dumps(guard.table))


def test_every_kind_of_guard_has_a_page():
    """A kind has its page, and its row in the README and in the page about reports."""
    for kind in KINDS:
        assert (ROOT / "docs" / "guards" / f"{kind.name}.md").exists()
        for overview in ("README.md", "docs/reports.md", "docs/README.md"):
            assert f"`{kind.name}`" in page(overview)
