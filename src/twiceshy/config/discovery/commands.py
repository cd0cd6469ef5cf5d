"""Makes a command line from elsewhere fit for a rehearsal: our port, our interpreter, no reload."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twiceshy.config.placeholders import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Mapping

# Programs of Python packages, and the modules by which any interpreter can run them.
_MODULES = {
    "alembic": "alembic",
    "celery": "celery",
    "daphne": "daphne",
    "dramatiq": "dramatiq",
    "fastapi": "fastapi",
    "flask": "flask",
    "granian": "granian",
    "gunicorn": "gunicorn",
    "hypercorn": "hypercorn",
    "uvicorn": "uvicorn",
    "waitress-serve": "waitress",
}
# What a server wants to hear to listen on our port, where the command does not say it.
_PORT_OPTIONS = {
    "gunicorn": "--bind 127.0.0.1:{port}",
    "uvicorn": "--port {port}",
    "hypercorn": "--bind 127.0.0.1:{port}",
    "granian": "--port {port}",
    "daphne": "--port {port}",
    "waitress": "--host 127.0.0.1 --port {port}",
    "flask": "--port {port}",
    "fastapi": "--port {port}",
    "runserver": "127.0.0.1:{port}",
    "rails": "-b 127.0.0.1 -p {port}",
    "puma": "-b tcp://127.0.0.1:{port}",
    "next": "-p {port}",
}
_RUNNERS = re.compile(
    r"(?:(?:poetry|pipenv|pdm|uv|rye|hatch|pixi)\s+run\s+(?:--?\S+\s+)*"
    r"|(?:dotenv|honcho)\s+run\s+(?:--\s+)?|exec\s+|nohup\s+|tini\s+(?:-\S+\s+)*|dumb-init\s+(?:--\s+)?"
    r"|(?:\S*/)?(?:wait-for\S*|dockerize|wait-for-it\S*)\s+.*?\s--\s+|cross-env\s+(?=\w+=)|env\s+(?=\w+=))"
)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|[^\s'\"]*)\s+(?=\S)")
_SHELL = re.compile(r"(?:/\S*/)?(?:ba|da|z)?sh\s+-\w*c\s+", re.ASCII)
_PORT_VARIABLE = re.compile(r"\$\{PORT(?::?[-=?][^}]*)?\}|\$PORT\b|%PORT%")
_ADDRESS = re.compile(
    r"(?<![^\s=/'\"])(?:0\.0\.0\.0|0|127\.0\.0\.1|localhost|\*|\[::\]|\[::1\])?:(?:\d{2,5}|\{port\})(?!\S*[:\w])"
)
_PORT_OPTION = re.compile(r"((?:--port|--http-port|--server\.port|-port|-p)(?:=|\s+))\d{2,5}(?!\S)")
_BARE_PORT = re.compile(r"(\brunserver\s+(?:--?\S+\s+)*)\d{2,5}(?!\S)")
_HOST_OPTION = re.compile(
    r"((?:--host|--hostname|--binding|-H|-h|-b)(?:=|\s+))(?:0\.0\.0\.0|::|\*)(?!\S)"
)
_RELOAD = re.compile(
    r"\s+(?:--reload(?:-\S+(?:[= ][^-\s]\S*)?)?|--debug|--daemon|--daemonize|-D)(?!\S)"
)
# Several processes answer in turn: slower to start, and a cache in one hides what another did.
_WORKERS = re.compile(
    r"\s+(?:--(?:workers|worker-processes)(?:=|\s+)|-w\s*)(?:\d+|\$\{?\w+(?::?-\d+)?\}?)(?!\S)"
)
_SERVERS_WITH_WORKERS = frozenset({"gunicorn", "uvicorn", "hypercorn", "granian", "fastapi"})
_BRACES = re.compile(r"(?<!\$)\{([A-Za-z_][\w.-]*)\}")


@dataclass(frozen=True, slots=True)
class Adapted:
    """A command for a rehearsal. `before` are the commands that stood before it, as written."""

    command: str
    env: Mapping[str, str]
    before: tuple[str, ...] = ()

    @property
    def has_port(self) -> bool:
        """Whether the command itself says the port to listen on."""
        return "{port}" in self.command


def adapt(text: str, python: str = "{python}") -> Adapted:
    """The last command of a line, on our port and by the interpreter `python`.

    Variables set in front of it are in `env`. Anything that only a shell understands stays, for
    the stage runs such commands by a shell.
    """
    parts = _split(_unwrapped(text))
    line = _PORT_VARIABLE.sub("{port}", parts[-1])
    line, env = _without_prefixes(line)
    line = escaped(line, keep=("port",))
    line = _on_our_port(_by_python(line, python))
    return Adapted(line, env, tuple(parts[:-1]))


def by_python(text: str, python: str = "{python}") -> str:
    """A command, such as a migration, that is run by the interpreter `python`."""
    line, _ = _without_prefixes(_unwrapped(text))
    return _by_python(escaped(line), python)


def escaped(text: str, keep: tuple[str, ...] = ()) -> str:
    """The text with braces doubled that would be taken for a placeholder, but those to `keep`."""

    def double(found: re.Match[str]) -> str:
        return found[0] if found[1] in keep else "{" + found[0] + "}"

    return _BRACES.sub(double, text)


def is_placeholder(name: str) -> bool:
    """Whether braces around `name` have a meaning in the configuration."""
    return name in PLACEHOLDERS


def _unwrapped(text: str) -> str:
    """The command inside of `sh -c "..."`, on one line."""
    line = " ".join(text.replace("\\\n", " ").split())
    wrapper = _SHELL.match(line)
    if not wrapper:
        return line
    try:
        words = shlex.split(line[wrapper.end() :])
    except ValueError:
        return line
    return words[0] if len(words) == 1 else line[wrapper.end() :]


def _split(line: str) -> list[str]:
    """The commands of a line that are joined by && or ;."""
    try:
        lexer = shlex.shlex(line, posix=False, punctuation_chars="&;")
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError:
        return [line]
    parts: list[list[str]] = [[]]
    for word in words:
        if word in {"&&", ";"}:
            parts.append([])
        else:
            parts[-1].append(word)
    return [" ".join(part) for part in parts if part] or [line]


def _without_prefixes(line: str) -> tuple[str, dict[str, str]]:
    """The command without runners and variables in front of it, and those variables."""
    env: dict[str, str] = {}
    while True:
        runner = _RUNNERS.match(line)
        assignment = _ASSIGNMENT.match(line)
        if assignment:
            env[assignment[1]] = assignment[2].strip("'\"")
            line = line[assignment.end() :]
        elif runner and runner.end() < len(line):
            line = line[runner.end() :]
        else:
            return line, env


def _by_python(line: str, python: str) -> str:
    first, _, rest = line.partition(" ")
    name = first.rpartition("/")[2]
    if re.fullmatch(r"python[\d.]*", name):
        return f"{python} {rest}".rstrip()
    if first in {"manage.py", "./manage.py"}:
        return f"{python} manage.py {rest}".rstrip()
    module = _MODULES.get(name)
    return f"{python} -m {module} {rest}".rstrip() if module else line


def _on_our_port(line: str) -> str:
    line = _RELOAD.sub("", line)
    line = _ADDRESS.sub("127.0.0.1:{port}", line)
    line = _PORT_OPTION.sub(r"\1{port}", line)
    line = _BARE_PORT.sub(r"\g<1>127.0.0.1:{port}", line)
    line = _HOST_OPTION.sub(r"\g<1>127.0.0.1", line)
    server = _server(line)
    if server in _SERVERS_WITH_WORKERS:
        line = _WORKERS.sub("", line)
    if "{port}" not in line and server in _PORT_OPTIONS:
        line = f"{line} {_PORT_OPTIONS[server]}"
    if server == "fastapi" and "--host" not in line:
        line = f"{line} --host 127.0.0.1"
    if server == "runserver" and "--noreload" not in line:
        line = line.replace("runserver", "runserver --noreload", 1)
    return line


def _server(line: str) -> str:
    """Which of the servers that we know the command starts; empty for another."""
    words = line.split()
    if "runserver" in words:
        return "runserver"
    if "rails" in {word.rpartition("/")[2] for word in words[:3]}:
        return "rails" if {"s", "server"} & set(words) else ""
    if words[1:2] == ["-m"] and len(words) > 2:
        name = words[2]
    else:
        name = next(
            (word.rpartition("/")[2] for word in words if word not in {"bundle", "exec", "npx"}), ""
        )
    if name in {"flask", "fastapi"} and not {"run", "dev"} & set(words):
        return ""
    return name
