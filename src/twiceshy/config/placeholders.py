"""Placeholders in commands and environment variables: `{port}`, `{redis.socket}`.

Braces that are no placeholder stay as they are: JSON, a shell's `${NAME}`, `{1..3}`. Where a
word in braces is meant literally, doubled braces say so: `{{port}}` becomes `{port}`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PLACEHOLDERS = {
    "port": "the port to listen on, of 127.0.0.1",
    "socket": "the path of a unix socket to listen on",
    "scratch": "a folder that is emptied for every run",
    "python": "the Python interpreter that runs twiceshy",
    "database_url": "the scratch database as postgresql://user:password@host:port/name",
    "database_host": "the host of the scratch server",
    "database_port": "the port of the scratch server",
    "database_name": "the name of the scratch database",
    "database_user": "the user to connect as",
    "database_password": "the password to connect with",
}
OF_A_PROCESS = ("port", "socket")

_PLACEHOLDER = re.compile(
    r"\{\{(?P<literal>[A-Za-z_][\w.-]*)\}\}|(?<!\$)\{(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)\}"
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced by their values; one without a value stays."""

    def replacement(found: re.Match[str]) -> str:
        if found["literal"] is not None:
            return "{" + found["literal"] + "}"
        return values.get(found["name"], found[0])

    return _PLACEHOLDER.sub(replacement, text)


def placeholders_in(text: str) -> tuple[str, ...]:
    """The names of all placeholders in `text`, known or not, each once."""
    names = (found["name"] for found in _PLACEHOLDER.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def known_placeholders(processes: Iterable[str]) -> tuple[str, ...]:
    """Every name that is filled in a project with these further processes."""
    of_processes = (f"{process}.{name}" for process in processes for name in OF_A_PROCESS)
    return (*PLACEHOLDERS, *of_processes)
