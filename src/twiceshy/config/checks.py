"""Checks that concern more than one key, on the table as written, valid or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twiceshy.config.placeholders import known_placeholders, placeholders_in
from twiceshy.config.toml_text import line_in
from twiceshy.errors import ConfigurationError, Location, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_RUN = ("command", "setup", "migrate", "env")
_GROUPS = ("process", "versions", "storage")


def further_problems(
    table: Mapping[str, Any], lines: Mapping[str, int], file: Path
) -> list[ConfigurationError]:
    """What the types of single values do not show."""
    processes = table.get("process")
    known = known_placeholders(processes if isinstance(processes, dict) else ())
    problems = [
        _unknown_placeholder(name, key, text, known, Location(file, line_in(lines, key)))
        for key, text in _filled_texts(table)
        for name in placeholders_in(text)
        if name not in known
    ]
    problems += _unknown_processes(table, lines, file)
    if not _is_told_its_port(table):
        problems.append(
            ConfigurationError(
                "The service is not told on which port to listen",
                location=Location(file, line_in(lines, "service.command")),
                key="service.command",
                todo="Put {port} into its command, or into a variable of its env.",
            )
        )
    return problems


def _unknown_placeholder(
    name: str, key: str, text: str, known: tuple[str, ...], location: Location
) -> ConfigurationError:
    close = nearest(name.lower(), known)
    meant = f"Did you mean {{{close}}}?" if close else "Known: " + ", ".join(known) + "."
    return ConfigurationError(
        f"There is no placeholder {{{name}}}",
        location=location,
        key=key,
        seen=text if len(text) <= 120 else f"{text[:117]}...",
        todo=f"{meant} Braces that are meant literally are doubled: {{{{{name}}}}}.",
    )


def _unknown_processes(
    table: Mapping[str, Any], lines: Mapping[str, int], file: Path
) -> Iterator[ConfigurationError]:
    """Processes that a storage back end names and that nothing starts."""
    storage, processes = table.get("storage"), table.get("process")
    known = list(processes) if isinstance(processes, dict) else []
    for name, back_end in storage.items() if isinstance(storage, dict) else ():
        named = back_end.get("processes", []) if isinstance(back_end, dict) else []
        for process in [named] if isinstance(named, str) else named:
            if isinstance(process, str) and process not in known:
                key = f"storage.{name}.processes"
                close = nearest(process, known)
                yield ConfigurationError(
                    f"There is no process {process}",
                    location=Location(file, line_in(lines, key)),
                    key=key,
                    seen=f"processes: {', '.join(known) or 'none'}",
                    todo=f"Did you mean {close}?" if close else f"Add [process.{process}].",
                )


def _is_told_its_port(table: Mapping[str, Any]) -> bool:
    """Whether the service could know its port; also when its command is missing or malformed."""
    service = table.get("service")
    if not isinstance(service, dict) or not isinstance(service.get("command"), str | list):
        return True
    texts = _texts("service", {key: service.get(key) for key in ("command", "env")})
    return any("port" in placeholders_in(text) for _, text in texts)


def _filled_texts(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text whose placeholders will be filled, with its dotted key."""
    places = {"service": table.get("service")}
    for group in _GROUPS:
        members = table.get(group)
        if isinstance(members, dict):
            places |= {f"{group}.{name}": member for name, member in members.items()}
    for place, value in places.items():
        if isinstance(value, dict):
            yield from _texts(place, {key: value.get(key) for key in _RUN})
    database = table.get("database")
    if isinstance(database, dict):
        yield from _texts("database", {"migrate": database.get("migrate")})


def _texts(place: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text in `value`, with its dotted key below `place`."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(f"{place}.{key}", item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(f"{place}.{index}", item)
