"""Miniature projects, what is found in them, and that the file written for them can be loaded."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from twiceshy.config.discovery import Discovery, discover, write
from twiceshy.config.load import load_project

if TYPE_CHECKING:
    from pathlib import Path

    from twiceshy.config.project import Project


@dataclass(frozen=True)
class Sample:
    """A small project: its files, and what the configuration should then hold."""

    name: str
    files: dict[str, str]
    command: str | None
    framework: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    database: dict[str, Any] = field(default_factory=dict)
    service: dict[str, Any] = field(default_factory=dict)
    processes: dict[str, str] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    text: tuple[str, ...] = ()


SCHEMA = "CREATE TABLE users (id bigint PRIMARY KEY, email text);"
USERS = "INSERT INTO users (id, email) VALUES (1, 'ana@example.com'), (2, 'ben@example.com');"

SAMPLES = [
    Sample(
        "flask",
        {
            "shop/__init__.py": "",
            "shop/app.py": """
                import os
                from flask import Flask
                app = Flask(__name__)
                URL = os.environ["DATABASE_URL"]

                @app.get("/healthz")
                def health(): return "ok"

                @app.post("/login")
                def login():
                    data = request.get_json()
                    return {"token": check(data["email"], data["password"])}
                """,
            "requirements.txt": "flask==3.0\npsycopg[binary]\n",
            "db/schema.sql": SCHEMA,
            "db/seed.sql": f"-- password: 'pw'\n{USERS}",
            "tests/app.py": "app = Flask(__name__)",
        },
        command="{python} -m flask --app shop.app:app run --port {port}",
        framework="Flask",
        env={"DATABASE_URL": "{database_url}"},
        database={"schema_files": ("db/schema.sql",), "seed": ("db/seed.sql",)},
        service={"ready": "GET /healthz"},
        actors={"ana": "users.id = 1", "ben": "users.id = 2"},
        text=(
            'json = { email = "ana@example.com", password = "pw" }, token = "$.token" }',
            "a guess: shop/app.py:10",
            "# shop/app.py:5",
        ),
    ),
    Sample(
        "flask factory with Flask-Migrate behind gunicorn",
        {
            "src/shop/__init__.py": """
                from flask import Flask

                def create_app():
                    return Flask("a")
                """,
            "src/shop/settings.py": "SQLALCHEMY_DATABASE_URI = os.getenv('DATABASE_URI')",
            "migrations/alembic.ini": "[alembic]\n",
            "migrations/env.py": "from flask import current_app\nsettings = 1\n",
            "pyproject.toml": "[project]\ndependencies = ['Flask>=3', 'gunicorn', 'psycopg']\n",
            ".flaskenv": "FLASK_ENV=development\n",
        },
        command="{python} -m gunicorn 'shop:create_app()' --bind 127.0.0.1:{port}",
        framework="Flask",
        env={"DATABASE_URI": "{database_url}", "FLASK_ENV": "development"},
        database={"migrate": "cd src && {python} -m flask --app shop:create_app db upgrade"},
        service={"cwd": "src"},
        missing=("database.seed", "actors"),
    ),
    Sample(
        "fastapi with alembic and pydantic settings",
        {
            "backend/app/main.py": """
                from fastapi import FastAPI
                from app.settings import Settings

                app: FastAPI = FastAPI(openapi_url="/api/openapi.json")
                """,
            "backend/app/settings.py": """
                class Settings(BaseSettings):
                    model_config = SettingsConfigDict(env_prefix="shop_")
                    database_url: str
                    redis_url: str = "redis://localhost"
                """,
            "backend/.env.example": """
                SHOP_DATABASE_URL="postgresql+asyncpg://u:p@localhost/shop" # the database
                SHOP_REDIS_URL=redis://localhost:6379/3
                SHOP_SECRET=
                export GREETING={hello}
                """,
            "backend/alembic.ini": "sqlalchemy.url = postgresql://localhost/shop\n",
            "backend/alembic/env.py": "pass",
            "backend/requirements.txt": "fastapi\nredis\n",
        },
        command="{python} -m uvicorn app.main:app --port {port}",
        framework="FastAPI",
        env={
            "SHOP_DATABASE_URL": "postgresql+asyncpg://{database_user}:{database_password}"
            "@{database_host}:{database_port}/{database_name}",
            "SHOP_REDIS_URL": "redis://127.0.0.1:{redis.port}/3",
            "SHOP_SECRET": "scratch",
            "GREETING": "{{hello}}",
        },
        database={"migrate": "cd backend && {python} -m alembic upgrade head"},
        service={"cwd": "backend", "openapi": "/api/openapi.json"},
        processes={
            "redis": "redis-server --port {port} --bind 127.0.0.1 --save '' --dir {scratch}"
        },
        text=("backend/alembic.ini names a fixed database",),
    ),
    Sample(
        "django",
        {
            "manage.py": "from django.core.management import execute_from_command_line",
            "site/settings.py": """
                SECRET_KEY = os.environ["SECRET_KEY"]
                DATABASES = {"default": {
                    "HOST": os.environ.get("DB_HOST"), "NAME": config("DB_NAME"),
                    "USER": env.str("DB_USER"), "PASSWORD": os.getenv("DB_PASS"),
                    "PORT": env("DB_PORT")}}
                STRIPE = os.environ["STRIPE_ACCOUNT"]
                """,
            "site/wsgi.py": "application = 1",
            "seeds/users.sql": (
                "INSERT INTO auth_user (username, password) VALUES ('ana', 'geheim');"
            ),
        },
        command="{python} manage.py runserver --noreload 127.0.0.1:{port}",
        framework="Django",
        env={
            "SECRET_KEY": "scratch",
            "DB_HOST": "{database_host}",
            "DB_NAME": "{database_name}",
            "DB_USER": "{database_user}",
            "DB_PASS": "{database_password}",
            "DB_PORT": "{database_port}",
            "STRIPE_ACCOUNT": "",
        },
        database={"migrate": "{python} manage.py migrate --noinput", "seed": ("seeds/users.sql",)},
        actors={"ana": "auth_user.id = 1"},
        text=("a guess: seeds/users.sql:1, the seed does not name the column id",),
    ),
    Sample(
        "express",
        {
            "package.json": """
                {
                  "scripts": {"start": "NODE_ENV=x node dist/server.js", "build": "tsc",
                              "dev": "nodemon src/server.ts"},
                  "dependencies": {"express": "^4", "pg": "^8", "ioredis": "5"}
                }
                """,
            "package-lock.json": "{}",
            "src/server.ts": """
                const app = express()
                const pool = new Pool({ connectionString: process.env.DATABASE_URL })
                const cache = new Redis(process.env.REDIS_URL)
                app.get('/ping', (q, r) => r.send('pong'))
                app.listen(process.env.PORT || 3000)
                """,
            "migrations/002_more.up.sql": "SELECT 2;",
            "migrations/002_more.down.sql": "SELECT 2;",
            "migrations/001_first.up.sql": "SELECT 1;",
            "migrations/010_last.up.sql": "SELECT 10;",
            "node_modules_not/express/package.json": "{",
        },
        command="npm run --silent start",
        framework="Express",
        env={
            "DATABASE_URL": "{database_url}",
            "REDIS_URL": "redis://127.0.0.1:{redis.port}/0",
            "PORT": "{port}",
        },
        database={
            "schema_files": (
                "migrations/001_first.up.sql",
                "migrations/002_more.up.sql",
                "migrations/010_last.up.sql",
            )
        },
        service={"setup": "npm ci && npm run build", "ready": "GET /ping"},
        processes={
            "redis": "redis-server --port {port} --bind 127.0.0.1 --save '' --dir {scratch}"
        },
        text=("package.json was not used: it is not valid JSON",),
    ),
    Sample(
        "express without scripts, on a fixed port",
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "server.js": "express().listen(3000)",
            "prisma/migrations/20240101_first/migration.sql": "SELECT 1;",
            "prisma/migrations/20230101_zero/migration.sql": "SELECT 0;",
        },
        command="node server.js",
        framework="Express",
        env={"PORT": "{port}", "DATABASE_URL": "{database_url}"},
        database={
            "schema_files": (
                "prisma/migrations/20230101_zero/migration.sql",
                "prisma/migrations/20240101_first/migration.sql",
            )
        },
        missing=("service.env", "database.seed", "actors"),
        text=("server.js:1: the service listens on port 3000 only", "a guess: server.js"),
    ),
    Sample(
        "procfile",
        {
            "Procfile": """
                release: python manage.py migrate
                web: gunicorn shop.wsgi --workers 2 --bind 0.0.0.0:$PORT --reload
                worker: celery -A shop worker
                """,
            "requirements.txt": "gunicorn\n",
            "shop/wsgi.py": "import dj_database_url\nD = dj_database_url.config(default='x')\n",
        },
        command="{python} -m gunicorn shop.wsgi --bind 127.0.0.1:{port}",
        env={"DATABASE_URL": "{database_url}"},
        database={"migrate": "{python} manage.py migrate"},
        text=(
            "# [process.worker]",
            '# command = "{python} -m celery -A shop worker"',
            "# Procfile:3, process web",
        ),
    ),
    Sample(
        "compose",
        {
            "docker-compose.yml": """
                services:
                  db:
                    image: postgres:15
                    environment: { POSTGRES_PASSWORD: secret }
                    volumes:
                      - ./sql/init.sql:/docker-entrypoint-initdb.d/1.sql:ro
                      - ./sql/more:/docker-entrypoint-initdb.d/more
                  cache: { image: "docker.io/bitnami/redis:7" }
                  queue: { image: "rabbitmq:3" }
                  old: { image: "mysql:8" }
                  worker:
                    build: ./api
                    command: ["python", "-m", "shop.worker"]
                  api:
                    build: { context: ./api }
                    command: sh -c "alembic upgrade head && uvicorn shop:app --host 0.0.0.0"
                    ports: ["8000:8000"]
                    healthcheck: { test: ["CMD", "curl", "-f", "http://localhost:8000/up?x=1"] }
                    environment:
                      - DB_URL=postgresql://postgres:secret@db:5432/app
                      - CACHE_URL=redis://cache:6379
                      - LEVEL=${LEVEL:-info}
                      - STATIC=/app/static
                      - MODE
                """,
            "api/shop.py": "print()",
            "sql/init.sql": SCHEMA,
            "sql/more/b.sql": "SELECT 1",
            "sql/more/a.sql": "SELECT 1",
        },
        command="{python} -m uvicorn shop:app --host 127.0.0.1 --port {port}",
        env={
            "DB_URL": "{database_url}",
            "CACHE_URL": "redis://127.0.0.1:{redis.port}/0",
            "LEVEL": "info",
        },
        database={"schema_files": ("sql/init.sql", "sql/more/a.sql", "sql/more/b.sql")},
        service={"cwd": "api", "ready": "GET /up?x=1"},
        processes={
            "redis": "redis-server --port {port} --bind 127.0.0.1 --save '' --dir {scratch}"
        },
        text=(
            "it runs postgres:15 elsewhere",
            "mysql:8 is no PostgreSQL",
            "add [process.queue]",
            "paths of another machine: STATIC",
            "# [process.worker]",
            ", service api",
        ),
    ),
    Sample(
        "dockerfile with flyway",
        {
            "Dockerfile": """
                FROM golang AS build
                CMD ["make"]
                FROM debian
                ENV LISTEN_PORT=8080 PATH=/opt/bin:$PATH
                ENV MODE fast and loose
                HEALTHCHECK CMD wget -q http://localhost:8080/readyz || exit 1
                ENTRYPOINT ["/bin/shop"]
                # a comment
                CMD ["serve", \\
                     "--listen", "0.0.0.0:8080"]
                """,
            "go.mod": "module example.com/shop\n",
            "main.go": 'dsn := os.Getenv("DATABASE_DSN")',
            "sql/V2__more.sql": "SELECT ${x}",
            "sql/V10__most.sql": "SELECT 10",
            "sql/V1_1__first.sql": "SELECT 1",
            "sql/R__views.sql": "SELECT 0",
            "sql/U2__more.sql": "SELECT -2",
        },
        command="/bin/shop serve --listen 127.0.0.1:{port}",
        framework="Go",
        env={"LISTEN_PORT": "{port}", "MODE": "fast and loose", "DATABASE_DSN": "{database_url}"},
        database={
            "schema_files": (
                "sql/V1_1__first.sql",
                "sql/V2__more.sql",
                "sql/V10__most.sql",
                "sql/R__views.sql",
            )
        },
        service={"ready": "GET /readyz"},
        text=("placeholders of Flyway",),
    ),
    Sample(
        "rails",
        {
            "Gemfile": 'source "x"\ngem "rails", "~> 7"\n',
            "db/structure.sql": "CREATE EXTENSION IF NOT EXISTS pgcrypto;\nCREATE TABLE a ();",
            "db/migrate/1_a.rb": "x",
            "config/database.yml": 'url: <%= ENV["DATABASE_URL"] %>',
        },
        command=None,
        framework="Rails",
        database={"schema_files": ("db/structure.sql",)},
        missing=("service.command", "database.seed", "actors"),
        text=("bundle exec rails server", "the extensions pgcrypto", '# DATABASE_URL = "{database'),
    ),
    Sample(
        "spring",
        {
            "pom.xml": "<artifactId>spring-boot-starter-web</artifactId>",
            "src/main/resources/application.properties": """
                spring.datasource.url=${SPRING_DATASOURCE_URL:jdbc:postgresql://localhost/a}
                spring.datasource.username=${SPRING_DATASOURCE_USERNAME}
                """,
            "src/main/resources/db/migration/V1__a.sql": "SELECT 1",
        },
        command=None,
        framework="Spring",
        database={"schema_files": ("src/main/resources/db/migration/V1__a.sql",)},
        missing=("service.command", "database.seed", "actors"),
        text=(
            "--server.port={port}",
            "jdbc:postgresql://{database_host}:{database_port}/{database_name}",
        ),
    ),
    Sample(
        "dbmate and a made schema, with an auth file and a description",
        {
            "Procfile": "web: ./shop -p 8000\n",
            "db/migrations/1_a.sql": "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;",
            "db/schema.sql": SCHEMA,
            "db/seed.sql": "INSERT INTO a VALUES (1);INSERT INTO users VALUES (7, 'x', f(1, 'y'))",
            "docs/openapi.yml": "openapi: 3.0.3\npaths: {}\n",
            "auth.yaml": "auth:\n  jwt: true\n",
            "more/auth.yaml": "auth:\n- name: ana\n  fixedHeaders:\n  - {name: A, value: b}\n",
            ".env": "DATABASE_URL=postgres://real:secret@prod/app\nSTRIPE_KEY=sk_live_1\n",
        },
        command="./shop -p {port}",
        env={"DATABASE_URL": "{database_url}"},
        database={"schema_files": ("db/schema.sql",), "seed": ("db/seed.sql",)},
        service={"openapi": "docs/openapi.yml", "auth": "more/auth.yaml"},
        actors={"user1": "users.id = 7"},
        text=("dbmate --url", ".env also sets STRIPE_KEY"),
    ),
    Sample(
        "Django with a login page, its own users, and several databases to choose from",
        {
            "docker-compose.yml": """
                services:
                  app:
                    build: .
                    command: sh -c "python manage.py migrate && python manage.py runserver 0:80"
                    ports: ["80:80"]
                """,
            "site/manage.py": "import django",
            "site/shop/settings.py": """
                AUTH_USER_MODEL = "shop.Person"
                ENGINE = os.getenv("SHOP_DB_ENGINE", "sqlite")
                if ENGINE == "postgres": HOST = os.environ["SHOP_DB_HOST"]
                """,
            "site/shop/urls.py": """
                urlpatterns = [
                    path("healthz/", health), path("login/", view), path("token/verify/", other),
                ]
                """,
            "site/shop/views.py": 'who = request.environ["HTTP_AUTHORIZATION"]',
        },
        command="{python} manage.py runserver --noreload 127.0.0.1:{port}",
        framework="Django",
        env={"SHOP_DB_ENGINE": "postgres", "SHOP_DB_HOST": "{database_host}"},
        database={"migrate": "cd site && {python} manage.py migrate --noinput"},
        service={"cwd": "site", "ready": "GET /healthz/"},
        missing=("database.seed", "actors"),
        text=(
            '# row = "shop_person.id = 1"',
            'POST /login/", form = { username = "ana@example.com"',
        ),
    ),
    Sample(
        "FastAPI with routers under a prefix",
        {
            "app/__init__.py": "",
            "app/main.py": """
                from fastapi import FastAPI
                app = FastAPI(openapi_url=f"{settings.PREFIX}/openapi.json")
                """,
            "app/config.py": 'class Settings:\n    PREFIX: str = "/api/v1"\n',
            "app/routes.py": """
                @router.get("/health")
                @router.post("/login/test-token")
                @router.post("/login/access-token")
                def login(form: Annotated[OAuth2PasswordRequestForm, Depends()], email): ...
                """,
        },
        command="{python} -m uvicorn app.main:app --port {port}",
        framework="FastAPI",
        env={"DATABASE_URL": "{database_url}"},
        service={"ready": "", "openapi": "/api/v1/openapi.json"},
        missing=("database.schema", "database.seed", "actors"),
        text=(
            '# ready = "GET /health"  # a guess: app/routes.py:2, with the prefix of its router',
            'POST /login/access-token", form = { username = "ana@example.com"',
            'token = "$.access_token"',
        ),
    ),
    Sample(
        "nothing",
        {"README.md": "# Nothing"},
        command=None,
        missing=("service.command", "database.schema", "database.seed", "service.env", "actors"),
        text=("# [service]", "# [actors.ana]", "no known framework"),
    ),
]


def lay_out(folder: Path, files: dict[str, str]) -> None:
    """Write the files of a miniature project."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def found_and_loaded(folder: Path) -> tuple[Discovery, str, Project]:
    """What is found, the file that is written from it, and that file loaded."""
    found = discover(folder)
    text = write(found)
    (folder / "twiceshy.toml").write_text(text)
    return found, text, load_project(folder)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_project_is_recognised(tmp_path: Path, sample: Sample) -> None:
    """The written file loads, and holds what the project's own files say."""
    lay_out(tmp_path, sample.files)
    found, text, project = found_and_loaded(tmp_path)
    print(text)
    assert (found.framework.value if found.framework else None) == sample.framework
    assert (project.service.command if project.service else None) == sample.command
    if project.service:
        assert project.service.env == sample.env
        for key, value in sample.service.items():
            assert getattr(project.service, key) == value
    expected = {"server": "embedded", "schema_files": (), "seed": (), **sample.database}
    for key, value in expected.items():
        assert getattr(project.database, key) == value
    assert {name: one.command for name, one in project.process.items()} == sample.processes
    assert {name: one.row for name, one in project.actors.items()} == sample.actors
    for part in sample.text:
        assert part in text
    assert set(sample.missing) <= {missing.key for missing in found.missing}
    for secret in ("sk_live", "real:secret"):
        assert secret not in text


def test_every_missing_thing_is_a_todo(tmp_path: Path) -> None:
    """What is missing stands in the file, with what to do."""
    found, text, _ = found_and_loaded(tmp_path)
    assert len(found.missing) == text.count("# TODO: not found")
    for missing in found.missing:
        assert missing.todo in text


def test_an_environment_of_the_project_s_own_is_used(tmp_path: Path) -> None:
    """With .venv beside it, the service is started by that interpreter, also from a subfolder."""
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.touch()
    lay_out(tmp_path, {"api/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"})
    _, text, project = found_and_loaded(tmp_path)
    assert project.service is not None
    assert project.service.command == "../.venv/bin/python -m uvicorn main:app --port {port}"
    assert ".venv is taken as the service's environment" in text


def test_looking_changes_and_runs_nothing(tmp_path: Path) -> None:
    """A module that would leave a trace when imported leaves none."""
    trace = tmp_path / "trace"
    lay_out(
        tmp_path,
        {
            "app.py": f"from flask import Flask\nopen({str(trace)!r}, 'w')\napp = Flask('a')\n",
            "setup.py": f"open({str(trace)!r}, 'w')\n",
        },
    )
    before = sorted(tmp_path.rglob("*"))
    discover(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
