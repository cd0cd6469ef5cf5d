"""How the service may be started, as several files in the folder say it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twiceshy.config.discovery.commands import adapt
from twiceshy.config.discovery.facts import Candidate, Place
from twiceshy.config.discovery.files import Dockerfile, procfile
from twiceshy.config.discovery.folder import Folder, parent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twiceshy.config.discovery.apps import App
    from twiceshy.config.discovery.compose import Compose


@dataclass(frozen=True, slots=True)
class Start:
    """A way to start the service: the command, its folder, and what stood before it."""

    command: Candidate
    folder: str
    env: Mapping[str, str]
    before: tuple[str, ...] = ()


def interpreter(root: Path) -> tuple[str, str]:
    """How the configuration names the project's Python, and what to say about it."""
    for name in (".venv", "venv"):
        program = root / name / "bin" / "python"
        if program.exists() and (root / name).resolve() != Path(sys.prefix).resolve():
            return str(program.absolute().relative_to(root.absolute())), (
                f"{name} is taken as the service's environment; in another version's worktree "
                "it exists only if `setup` makes it"
            )
    return "{python}", ""


def dockerfile_of(compose: Compose) -> str:
    """The Dockerfile that the main service of a compose file is built from; empty for none."""
    main = compose.own[0] if compose.own else None
    if main is None or main.context is None:
        return ""
    name = main.dockerfile or "Dockerfile"
    return f"{main.context}/{name}" if main.context else name


def find_starts(
    folder: Folder, compose: Compose, image: Dockerfile, apps: Sequence[App], python: str
) -> Iterator[Start]:
    """Ways to start the service, best first: those that say their port before those that do not."""
    found: list[Start] = []
    web = procfile(folder).get("web")
    if web and web.place:
        found.append(_start(web, parent(web.place.file), python))
    main = compose.own[0] if compose.own else None
    if main and main.command:
        found.append(_start(main.command, _home(folder, main.command, main.context or ""), python))
    if image.command and image.command.place:
        context = main.context if main and main.context else parent(image.command.place.file)
        found.append(_start(image.command, _home(folder, image.command, context), python))
    doubtful = [one for one in found if _is_doubtful(folder, one)]
    known = [one for one in found if one not in doubtful]
    inferred = [
        Start(_from(app.folder, app.command, python), app.folder, {}) for app in apps if app.command
    ]
    everything = [*known, *inferred, *doubtful]
    seen: set[str] = set()
    for start in sorted(everything, key=lambda one: "{port}" not in one.command.value):
        if start.command.value not in seen:
            seen.add(start.command.value)
            yield start


def _home(folder: Folder, command: Candidate, place: str) -> str:
    """Where the script of a command is: an image or a volume may put it at another place."""
    script = re.search(r"(?:^|\s)(?:\./)?([\w-]+\.(?:py|js|mjs|rb))(?=\s|$|[\"'])", command.value)
    if not script or f"{place}/{script[1]}".lstrip("/") in folder:
        return place
    inside = [file for file in folder.named(script[1]) if file.startswith(place)]
    return parent(inside[0]) if inside else place


def _is_doubtful(folder: Folder, start: Start) -> bool:
    """Whether the command is a script that hides what it starts, or a file that is not there."""
    line = start.command.value
    script = re.match(r"node\s+([^-\s]\S*)", line)
    if script:
        path = f"{start.folder}/{script[1]}".lstrip("/").replace("./", "")
        return not any(path + end in folder for end in ("", ".js", "/index.js", ".mjs", ".cjs"))
    return bool(re.match(r"(?:\S*/)?\S*(?:entrypoint|\.sh)\b", line))


def _start(given: Candidate, place: str, python: str) -> Start:
    adapted = adapt(plain_port(given.value), python)
    command = _from(place, replace(given, value=adapted.command), python)
    return Start(command, place, adapted.env, adapted.before)


def plain_port(text: str) -> str:
    """The command with variables of a compose file at their defaults, but for the port."""
    kept = re.sub(r"\$\{PORT[^}]*\}|\$PORT\b", "{port}", text)
    return re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", kept)


def _from(place: str, command: Candidate, python: str) -> Candidate:
    """The command with a relative interpreter as seen from the folder that it is started in."""
    if not place or python == "{python}" or not command.value.startswith(python):
        return command
    return replace(command, value="../" * (place.count("/") + 1) + command.value)


def cwd(start: Start | None, place: Place | None) -> Candidate | None:
    """The folder that the service is started in, where it is not the top."""
    if start is None or not start.folder:
        return None
    return Candidate(
        start.folder, start.command.place or place, "likely", "the folder of the service"
    )
