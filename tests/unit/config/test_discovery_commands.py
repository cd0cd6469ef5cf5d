"""Command lines from elsewhere become commands of a rehearsal."""

from __future__ import annotations

import pytest

from twiceshy.config.discovery.commands import adapt, by_python, escaped


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("gunicorn shop:app", "{python} -m gunicorn shop:app --bind 127.0.0.1:{port}"),
        ("gunicorn -b :$PORT shop:app", "{python} -m gunicorn -b 127.0.0.1:{port} shop:app"),
        (
            "gunicorn --bind=0.0.0.0:${PORT:-8000} shop:app -D",
            "{python} -m gunicorn --bind=127.0.0.1:{port} shop:app",
        ),
        (
            "poetry run uvicorn --host 0.0.0.0 --port 80 --reload a:b",
            "{python} -m uvicorn --host 127.0.0.1 --port {port} a:b",
        ),
        ("uv run --no-dev flask run --debug", "{python} -m flask run --port {port}"),
        ("/venv/bin/python3.11 -u serve.py -p 8000", "{python} -u serve.py -p {port}"),
        (
            "python manage.py runserver 8000",
            "{python} manage.py runserver --noreload 127.0.0.1:{port}",
        ),
        (
            "./manage.py runserver 0.0.0.0:8000",
            "{python} manage.py runserver --noreload 127.0.0.1:{port}",
        ),
        ("bundle exec puma -C p.rb", "bundle exec puma -C p.rb -b tcp://127.0.0.1:{port}"),
        ("bundle exec rails s", "bundle exec rails s -b 127.0.0.1 -p {port}"),
        ("bin/rails server -p 3000 -b 0.0.0.0", "bin/rails server -p {port} -b 127.0.0.1"),
        ("exec java -jar a.jar --server.port=8080", "java -jar a.jar --server.port={port}"),
        ("./wait-for-it.sh db:5432 -- node index.js", "node index.js"),
        ("node index.js --template '{name}'", "node index.js --template '{{name}}'"),
        ("node index.js ${NAME}", "node index.js ${NAME}"),
        ("waitress-serve a:b", "{python} -m waitress a:b --host 127.0.0.1 --port {port}"),
        ("uvicorn -w x a:b", "{python} -m uvicorn -w x a:b --port {port}"),
        (
            "gunicorn -w 4 --threads 2 a:b",
            "{python} -m gunicorn --threads 2 a:b --bind 127.0.0.1:{port}",
        ),
        ("uvicorn --workers=${N:-2} a:b", "{python} -m uvicorn a:b --port {port}"),
        ("flask db upgrade", "{python} -m flask db upgrade"),
        ("npx next start", "npx next start -p {port}"),
        ("serve --time 12:30:00 --db db:5432", "serve --time 12:30:00 --db db:5432"),
        ("it's broken", "it's broken"),
        ("sh -c 'a b", "sh -c 'a b"),
        ("exec", "exec"),
        ("", ""),
    ],
)
def test_a_command_listens_on_our_port(given: str, expected: str) -> None:
    """Ports, hosts, interpreters and reloaders are replaced, all else stays as it was written."""
    assert adapt(given).command == expected


def test_what_stands_before_a_command_is_kept_apart() -> None:
    """Commands before it, and variables in front of it."""
    adapted = adapt("bash -lc 'cd a && alembic upgrade head; A=1 B=\"x y\" python serve.py; '")
    assert adapted.command == "{python} serve.py"
    assert adapted.env == {"A": "1", "B": "x y"}
    assert adapted.before == ("cd a", "alembic upgrade head")
    assert not adapted.has_port


def test_an_interpreter_of_the_project_is_used() -> None:
    """The second argument stands in place of any Python."""
    assert adapt("flask run", ".venv/bin/python").command == (
        ".venv/bin/python -m flask run --port {port}"
    )
    assert by_python("alembic upgrade head", "py") == "py -m alembic upgrade head"


def test_braces_that_mean_nothing_to_us_are_doubled() -> None:
    """JSON and a shell's variables are no placeholders."""
    assert escaped('{"a": 1} ${B} {c} {port}', keep=("port",)) == '{"a": 1} ${B} {{c}} {port}'
