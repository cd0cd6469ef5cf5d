"""Which web framework the code in a folder uses, and how that is usually started."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twiceshy.config.discovery.commands import adapt
from twiceshy.config.discovery.facts import Candidate, Place
from twiceshy.config.discovery.files import packages
from twiceshy.config.discovery.folder import parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from twiceshy.config.discovery.files import Package
    from twiceshy.config.discovery.folder import Folder

_NODE = {
    "express": "Express", "fastify": "Fastify", "koa": "Koa", "@nestjs/core": "NestJS",
    "@hapi/hapi": "hapi", "restify": "Restify", "next": "Next.js", "hono": "Hono",
}  # fmt: skip
_ENTRY = ("app.py", "main.py", "wsgi.py", "asgi.py", "application.py", "server.py", "__init__.py")
_NODE_ENTRY = (
    "server.js",
    "app.js",
    "index.js",
    "main.js",
    "bin/www",
    "src/server.js",
    "src/index.js",
    "src/app.js",
)
_FACTORY = re.compile(
    r"^(?:async\s+)?def\s+((?:create|make|build|get)_\w*app\w*|create|app_factory)\s*\(",
    re.MULTILINE,
)
_OPENAPI_URL = re.compile(r"openapi_url\s*=\s*(?:None|(f?)[\"']([^\"']*)[\"'])")
_READS_PORT = re.compile(r"process\.env\.PORT\b|process\.env\[.PORT.\]|env\.PORT\b")
_FIXED_PORT = re.compile(r"\.listen\(\s*(\d{2,5})\b")


@dataclass(frozen=True, slots=True)
class App:
    """A web application in the folder.

    `folder` is where it is started, empty for the top. Without a `command`, `todo` says what a
    person should fill in.
    """

    framework: str
    place: Place
    folder: str = ""
    command: Candidate | None = None
    todo: str = ""
    openapi: Candidate | None = None
    env: Mapping[str, Candidate] = field(default_factory=dict)


def find_apps(folder: Folder, dependencies: Mapping[str, Place], python: str) -> list[App]:
    """Applications in the folder, the most likely first."""
    makers: tuple[Callable[[], Iterator[App]], ...] = (
        lambda: _django(folder, dependencies, python),
        lambda: _fastapi(folder, python),
        lambda: _flask(folder, dependencies, python),
        lambda: _node(folder),
        lambda: _named_only(folder),
    )
    return [app for maker in makers for app in maker()]


def _django(folder: Folder, dependencies: Mapping[str, Place], python: str) -> Iterator[App]:
    for file in folder.named("manage.py"):
        if "django" not in folder.text(file).lower():
            continue
        root = parent(file)
        inside = f"{root}/" if root else ""
        modules = [one for one in folder.named("wsgi.py") if one.startswith(inside)]
        if modules and "gunicorn" in dependencies:
            module = modules[0][len(inside) :].removesuffix(".py").replace("/", ".")
            line, place = f"gunicorn {module}", Place(modules[0])
        else:
            line, place = "python manage.py runserver", Place(file)
        command = Candidate(adapt(line, python).command, place, "likely", "Django")
        yield App("Django", Place(file), root, command)
        return


def _fastapi(folder: Folder, python: str) -> Iterator[App]:
    for app in _python_apps(folder, r"(?:fastapi\.)?FastAPI"):
        target = f"uvicorn --factory {app.target}" if app.factory else f"uvicorn {app.target}"
        line = _by_main(folder, app, python) or adapt(target, python).command
        command = Candidate(line, app.place, "likely", "FastAPI")
        url = _OPENAPI_URL.search(folder.text(app.place.file))
        path = _constants_in(folder, url[2] or "") if url else "/openapi.json"
        served = Candidate(path, app.place, "likely", "FastAPI serves it") if path else None
        yield App("FastAPI", app.place, app.folder, command, openapi=served)
        return


def _constants_in(folder: Folder, text: str) -> str:
    """The text of an f-string with constants filled in; empty where one is not found."""

    def value(found: re.Match[str]) -> str:
        name = found[1].rpartition(".")[2]
        pattern = re.compile(rf"""^\s*{name}\s*(?::[^=\n]+)?=\s*["']([^"'\n]*)["']""", re.MULTILINE)
        constant = next(folder.search(pattern, folder.code(".py")), None)
        return constant[1][1] if constant else "{}"

    filled = re.sub(r"\{([\w.]+)\}", value, text)
    return "" if "{" in filled else filled


def _by_main(folder: Folder, app: _PythonApp, python: str) -> str:
    """`python -m package --port {port}`, where the package's own __main__ takes such an option."""
    inside = parent(app.place.file)
    main = f"{inside}/__main__.py" if inside else "__main__.py"
    if not inside or "--port" not in folder.text(main):
        return ""
    return f"{python} -m {module_of(folder, main)[1].removesuffix('.__main__')} --port {{port}}"


def _flask(folder: Folder, dependencies: Mapping[str, Place], python: str) -> Iterator[App]:
    for app in _python_apps(folder, r"(?:flask\.)?Flask"):
        if "gunicorn" in dependencies:
            call = "()" if app.factory else ""
            line = f"gunicorn '{app.target}{call}'" if call else f"gunicorn {app.target}"
        elif "waitress" in dependencies:
            options = "--host 127.0.0.1 --port {port}" + (" --call" if app.factory else "")
            line = f"waitress-serve {options} {app.target}"
        else:
            line = f"flask --app {app.target} run"
        line = _by_main(folder, app, python) or adapt(line, python).command
        command = Candidate(line, app.place, "likely", "Flask")
        yield App("Flask", app.place, app.folder, command)
        return


@dataclass(frozen=True, slots=True)
class _PythonApp:
    place: Place
    folder: str
    target: str
    factory: bool


def _python_apps(folder: Folder, made_by: str) -> Iterator[_PythonApp]:
    """Objects at the top of modules, then functions that make one; the nearest file first."""
    call = made_by.rpartition(")?")[2] + "("
    files = [file for file in folder.code(".py") if call in folder.text(file)]
    files.sort(key=lambda file: (file.count("/"), _entry_rank(file)))
    top = re.compile(rf"^(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*{made_by}\(", re.MULTILINE)
    for factory, pattern in ((False, top), (True, _FACTORY)):
        for place, found in folder.search(pattern, files):
            root, module = module_of(folder, place.file)
            yield _PythonApp(place, root, f"{module}:{found[1]}", factory)


def _entry_rank(file: str) -> int:
    name = file.rpartition("/")[2]
    return _ENTRY.index(name) if name in _ENTRY else len(_ENTRY)


def module_of(folder: Folder, file: str) -> tuple[str, str]:
    """The folder from which a Python file can be imported, and its name from there."""
    root = parent(file)
    names = [file.rpartition("/")[2].removesuffix(".py")]
    while root and _is_package(folder, root):
        root, _, name = root.rpartition("/")
        names.insert(0, name)
    if names[-1] == "__init__" and len(names) > 1:
        names.pop()
    return root, ".".join(names)


def _is_package(folder: Folder, path: str) -> bool:
    """Whether a folder is a Python package, by its file or by how its modules are imported."""
    if f"{path}/__init__.py" in folder:
        return True
    name = path.rpartition("/")[2]
    imported = re.compile(rf"^\s*(?:from|import)\s+{re.escape(name)}[.\s]", re.MULTILINE)
    inside = [file for file in folder.code(".py") if parent(file) == path]
    return any(True for _ in folder.search(imported, inside))


def _node(folder: Folder) -> Iterator[App]:
    for package in packages(folder):
        known = [name for name in _NODE if name in package.dependencies]
        if not known:
            continue
        place = package.dependencies[known[0]]
        command, script = _node_command(folder, package)
        inside = f"{package.folder}/" if package.folder else ""
        code = [
            file for file in folder.code(".js", ".ts", ".mjs", ".cjs") if file.startswith(inside)
        ]
        code += [file for file in folder.matching(r"(?:.*/)?bin/www") if file.startswith(inside)]
        env: dict[str, Candidate] = {}
        reads = next((at for at, _ in folder.search(_READS_PORT, code)), None)
        fixed = next(folder.search(_FIXED_PORT, code), None)
        if command and "{port}" not in command.value:
            says = "the code reads it" if reads else "TODO: make the service read it"
            env["PORT"] = Candidate("{port}", reads or script, "likely" if reads else "guess", says)
            if not reads and fixed:
                folder.note(
                    f"{fixed[0]}: the service listens on port {fixed[1][1]} only; "
                    "let it listen on process.env.PORT"
                )
        yield App(_NODE[known[0]], place, package.folder, command, env=env)
        return


def _node_command(folder: Folder, package: Package) -> tuple[Candidate | None, Place | None]:
    """How the package is started: by a script that needs no npm, by npm, or by its main file."""
    for name in ("start:prod", "start", "serve", "dev"):
        script = package.scripts.get(name)
        if script is None:
            continue
        adapted = adapt(re.sub(r"^(?:nodemon|node-dev)\b", "node", script.value))
        simple = not adapted.before and not adapted.env and adapted.command.startswith("node ")
        line = adapted.command if simple else f"npm run --silent {name}"
        return Candidate(line, script.place, "likely", script.says), script.place
    inside = f"{package.folder}/" if package.folder else ""
    for file in filter(None, (package.main, *_NODE_ENTRY)):
        if inside + file in folder:
            place = Place(inside + file)
            return Candidate(f"node {file}", place, "guess", "it looks like the main file"), place
    return None, None


# Frameworks that are recognised but not started by a guess of ours: file, text in it, name, hint.
_NAMED = (
    (
        r"Gemfile",
        r"^\s*gem\s+[\"']rails[\"']",
        "Rails",
        "bundle exec rails server -b 127.0.0.1 -p {port}",
    ),
    (
        r"Gemfile",
        r"^\s*gem\s+[\"']sinatra[\"']",
        "Sinatra",
        "bundle exec rackup -o 127.0.0.1 -p {port}",
    ),
    (
        r"pom\.xml|build\.gradle(?:\.kts)?",
        r"spring-boot",
        "Spring",
        "java -jar target/app.jar --server.port={port}",
    ),
    (r"go\.mod", r"^module\s", "Go", "go run . (with the port in a variable of env)"),
    (
        r"composer\.json",
        r"laravel/framework",
        "Laravel",
        "php artisan serve --host 127.0.0.1 --port {port}",
    ),
    (
        r"Cargo\.toml",
        r"axum|actix-web|rocket|warp",
        "Rust",
        "cargo run (with the port in a variable of env)",
    ),
    (r"mix\.exs", r":phoenix", "Phoenix", "mix phx.server (with PORT in env)"),
    (
        r"[^/]+\.csproj",
        r"Microsoft\.NET\.Sdk\.Web",
        "ASP.NET",
        "dotnet run --urls http://127.0.0.1:{port}",
    ),
)


def _named_only(folder: Folder) -> Iterator[App]:
    for files, text, name, hint in _NAMED:
        matching = folder.matching(rf"(?:[^/]+/){{0,2}}(?:{files})")
        for place, _ in folder.search(re.compile(text, re.MULTILINE), matching):
            yield App(name, place, parent(place.file), todo=hint)
            break
