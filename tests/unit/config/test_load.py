from __future__ import annotations

import pytest

from twiceshy.config.load import find_file, load_project
from twiceshy.errors import ConfigurationError, SeveralProblems

FULL = """\
reports = "postmortems"

[database]
server = "embedded"
schema = ["db/schema.sql"]
seed = "db/seed.sql"

[service]
command = "gunicorn shop:app --bind 127.0.0.1:{port}"
ready = "GET /health"
timeout = 5
env = { DATABASE_URL = "{database_url}", REDIS = "127.0.0.1:{redis.port}" }
pass_env = ["LANG"]

[process.redis]
command = ["redis-server", "--port", "{port}"]
ready = "tcp"

[actors.ana]
row = "users.id = 1"
login = { request = "POST /login", json = { email = "ana@example.com" }, token = "$.token" }

[actors.ben]
row = ['app."Users".id = 2', "accounts.owner = 'ben'"]
headers = { X-Key = "b" }

[versions.faulty]
git = "4f2c1e9"

[storage.sqlite]
env = { DATABASE_URL = "sqlite:///{scratch}/app.db" }

[network]
allow = ["localhost:9000"]
"""


def problem_in(folder, text):
    """The error that this text as the file gives."""
    (folder / "twiceshy.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_project(folder)
    return caught.value


def test_a_full_file_becomes_a_project(tmp_path):
    """Every key arrives in its record, and the project knows its root and its lines."""
    file = tmp_path / "twiceshy.toml"
    file.write_text(FULL)
    project = load_project(tmp_path)
    assert (project.root, project.file) == (tmp_path, file)
    assert project.database.schema_files == ("db/schema.sql",)
    assert project.database.seed == ("db/seed.sql",)
    assert project.service is not None
    assert (project.service.timeout, project.service.ready_within) == (5, 30)
    assert project.process["redis"].command == ["redis-server", "--port", "{port}"]
    login = project.actors["ana"].login
    assert login is not None
    assert login.json == {"email": "ana@example.com"}
    assert (login.header, login.prefix, login.token) == ("Authorization", "Bearer ", "$.token")
    assert project.versions["faulty"].git == "4f2c1e9"
    assert project.network.allow == ["localhost:9000"]
    assert str(project.location("actors.ana.login.token")) == f"{file}:21"
    assert str(project.location("service.setup")) == f"{file}:8"


def test_an_empty_file_has_all_defaults(tmp_path):
    """Nothing is required of a project that only keeps reports."""
    (tmp_path / "twiceshy.toml").write_text("")
    project = load_project(tmp_path)
    assert (project.reports, project.service, project.actors) == ("postmortems", None, {})
    assert project.database.server == "embedded"


def test_the_file_is_searched_upwards(tmp_path):
    """From any folder inside of a project its file is found."""
    (tmp_path / "twiceshy.toml").write_text('reports = "r"')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert load_project(inner).root == tmp_path


def test_a_table_in_pyproject_does_as_well(tmp_path):
    """Settings may stand under [tool.twiceshy]; their lines are those of pyproject.toml."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\n\n[tool.twiceshy]\nreports = "r"\n'
    )
    project = load_project(tmp_path)
    assert project.reports == "r"
    assert str(project.location("reports")).endswith("pyproject.toml:5")


def test_a_pyproject_without_our_table_is_passed_over(tmp_path):
    """Other tools' files do not end the search, not even malformed ones."""
    (tmp_path / "twiceshy.toml").write_text("")
    for name, text in [("a", "[tool.other]\n"), ("b", "not toml"), ("c", "tool = 1 # twiceshy")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text(text)
        assert find_file(tmp_path / name) == tmp_path / "twiceshy.toml"


def test_a_malformed_pyproject_with_our_table_is_told(tmp_path):
    """When the settings are there but the file is broken, silence would mislead."""
    (tmp_path / "pyproject.toml").write_text("[tool.twiceshy]\nreports = \n")
    with pytest.raises(ConfigurationError) as caught:
        load_project(tmp_path)
    assert str(caught.value.location).endswith("pyproject.toml:2")


def test_a_named_file_wins(tmp_path):
    """The file given by name is read, whatever it is called."""
    (tmp_path / "twiceshy.toml").write_text('reports = "a"')
    (tmp_path / "other.toml").write_text('reports = "b"')
    assert load_project(tmp_path, tmp_path / "other.toml").reports == "b"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.toml", None, "cannot be read"),
        ("latin.toml", b'a = 1\nreports = "\xe9"\n', "not UTF-8"),
        ("pyproject.toml", b"[project]\n", "no table [tool.twiceshy]"),
        ("pyproject.toml", b"[tool]\ntwiceshy = 1\n", "no table [tool.twiceshy]"),
    ],
)
def test_a_named_file_that_cannot_be_used_is_told(tmp_path, name, content, says):
    """A file that is missing, unreadable or without settings is a plain error."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_project(tmp_path, tmp_path / name)
    assert says in caught.value.happened


def test_without_any_file_the_way_to_a_first_one_is_told(tmp_path):
    """Whoever has no file yet learns which command writes it."""
    with pytest.raises(ConfigurationError) as caught:
        load_project(tmp_path)
    assert "twiceshy init" in caught.value.todo


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    """Files from any editor are read, with the right lines."""
    (tmp_path / "twiceshy.toml").write_bytes(b'\xef\xbb\xbfreports = "r"\r\n[network]\r\n')
    project = load_project(tmp_path)
    assert project.reports == "r"
    assert project.origin["network"] == 2


def test_one_problem_is_raised_as_itself(tmp_path):
    """A single slip reads as one message: file, line, key, what was seen, what was meant."""
    problem = problem_in(tmp_path, '\n[database]\nschma = ["a.sql"]\n')
    file = tmp_path / "twiceshy.toml"
    assert str(problem) == (
        "There is no key schma here\n"
        f"  where: {file}:3, key database.schma\n"
        '  seen:  ["a.sql"]\n'
        "  to do: Did you mean schema?"
    )


def test_all_problems_of_a_file_are_told_at_once(tmp_path):
    """Types, unknown keys and cross-checks come together, in the order of the file."""
    problem = problem_in(
        tmp_path,
        'reports = 1\n[service]\ncommand = "run {prt}"\ntimeout = 0\n[actors.ana]\nrow = "users"\n',
    )
    assert isinstance(problem, SeveralProblems)
    keys = [each.key for each in problem.problems]
    assert keys == [
        "reports",
        "service.command",
        "service.command",
        "service.timeout",
        "actors.ana.row",
    ]
    assert str(problem).startswith(f"5 problems in {tmp_path / 'twiceshy.toml'}:\n")
    assert all(each.happened in str(problem) for each in problem.problems)


def test_the_records_names_are_no_keys(tmp_path):
    """The file has one spelling: `schema`, not the record's `schema_files`; and no `root`."""
    problem = problem_in(tmp_path, 'root = "x"\n[database]\nschema_files = ["a"]\n')
    assert isinstance(problem, SeveralProblems)
    assert [each.key for each in problem.problems] == ["root", "database.schema_files"]


def test_a_server_by_url_is_refused_in_its_own_words(tmp_path):
    """An address of a running server is not supported, and its password is not printed."""
    problem = problem_in(tmp_path, '[database]\nserver = "postgresql://u:secret@db/x"\n')
    assert "not supported yet" in problem.happened
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    "row",
    ["users", "users.id", "id = 1", "users.id =", "users.id 1", "a.b.c.d = 1", "users. = 1"],
)
def test_a_row_names_table_column_and_value(tmp_path, row):
    """What is not `table.column = value` is a problem of that actor."""
    problem = problem_in(tmp_path, f'[actors.ana]\nrow = "{row}"\n')
    assert problem.key == "actors.ana.row"
    assert 'such as "users.id = 1"' in problem.todo


@pytest.mark.parametrize(
    ("text", "key", "todo"),
    [
        ('[service]\ncommand = "x {prot} {port}"', "service.command", "Did you mean {port}?"),
        ('[service]\ncommand = ["{port}", "{PORT}"]', "service.command.1", "Did you mean {port}?"),
        (
            '[process.redis]\ncommand = "r"\n[versions.old]\nenv = { A = "{rdis.port}" }',
            "versions.old.env.A",
            "Did you mean {redis.port}?",
        ),
        ('[database]\nmigrate = "m {database_uri}"', "database.migrate", "{database_url}"),
        ("[storage.s]\ncommand = \"awk '{xyz}'\"", "storage.s.command", "{{xyz}}"),
        ('[storage.s]\nmigrate = "m {scrtch}"', "storage.s.migrate", "Did you mean {scratch}?"),
    ],
)
def test_an_unknown_placeholder_is_named_with_the_nearest(tmp_path, text, key, todo):
    """A slip inside of braces is found before anything is started."""
    problem = problem_in(tmp_path, text)
    assert problem.key == key
    assert todo in problem.todo


def test_processes_of_a_back_end_must_be_there(tmp_path):
    """One that nothing starts is a slip; one text counts as a list."""
    text = '[process.maria]\ncommand = "x"\n[storage.s]\nprocesses = "mara"\n'
    problem = problem_in(tmp_path, text)
    assert (problem.key, problem.todo) == ("storage.s.processes", "Did you mean maria?")
    (tmp_path / "twiceshy.toml").write_text(text.replace("mara", "maria"))
    assert load_project(tmp_path).storage["s"].processes == ("maria",)


def test_a_service_must_learn_its_port(tmp_path):
    """A command without {port} could not be reached, and that is said at once."""
    problem = problem_in(tmp_path, '[service]\ncommand = "python app.py"\n')
    assert (problem.key, "{port}" in problem.todo) == ("service.command", True)
    (tmp_path / "twiceshy.toml").write_text(
        '[service]\ncommand = "python app.py"\nenv.PORT = "{port}"\n'
    )
    assert load_project(tmp_path).service is not None


def test_shell_and_json_braces_are_left_alone(tmp_path):
    """Braces that are no placeholder are nobody's mistake."""
    (tmp_path / "twiceshy.toml").write_text(
        "[service]\ncommand = \"sh -c 'x ${HOME} {1..3}' {port}\"\n"
        "env = { J = '{\"a\": {\"b\": 1}}', L = '{{name}}' }\n"
    )
    assert load_project(tmp_path).service is not None


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    """What cannot be read as a file is a plain error with the system's reason."""
    with pytest.raises(ConfigurationError) as caught:
        load_project(tmp_path, tmp_path)
    assert caught.value.seen == "is a directory"
