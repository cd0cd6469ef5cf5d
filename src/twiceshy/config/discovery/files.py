"""Small files that say how a service is started: Procfile, Dockerfile, package.json."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twiceshy.config.discovery.facts import Candidate, Place

if TYPE_CHECKING:
    from twiceshy.config.discovery.folder import Folder

_PROCESS = re.compile(r"^([A-Za-z0-9_-]+)\s*:\s*(\S.*)$")
_INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)")


def procfile(folder: Folder) -> dict[str, Candidate]:
    """Process types and their commands, of the nearest Procfile."""
    found: dict[str, Candidate] = {}
    for file in folder.named("Procfile")[:1]:
        for number, line in folder.lines(file):
            match = _PROCESS.match(line)
            if match:
                says = f"process {match[1]}"
                found.setdefault(
                    match[1], Candidate(match[2].strip(), Place(file, number), "sure", says)
                )
    return found


@dataclass(slots=True)
class Dockerfile:
    """What the last stage of a Dockerfile starts."""

    command: Candidate | None = None
    env: dict[str, Candidate] = field(default_factory=dict)
    health: str = ""


def dockerfile(folder: Folder, file: str = "") -> Dockerfile:
    """The named Dockerfile, else the nearest."""
    names = [file] if file in folder else folder.named("Dockerfile", "Containerfile")[:1]
    found = Dockerfile()
    last: dict[str, tuple[str, int]] = {}
    for name in names:
        for number, line in _instructions(folder, name):
            match = _INSTRUCTION.match(line)
            word, rest = (match[1].upper(), match[2].strip()) if match else ("", "")
            if word == "FROM":
                last.clear()
            elif word == "ENV":
                found.env |= _env(rest, Place(name, number))
            else:
                last[word] = (rest, number)
        parts = [last[word] for word in ("ENTRYPOINT", "CMD") if word in last]
        if parts:
            text = " ".join(_words(rest) for rest, _ in parts)
            place = Place(name, parts[-1][1])
            found.command = Candidate(text, place, "sure", "what the image starts")
    found.health = last.get("HEALTHCHECK", ("", 0))[0]
    return found


def _instructions(folder: Folder, file: str) -> list[tuple[int, str]]:
    """Instructions with the line on which each begins; continued ones are joined."""
    found: list[tuple[int, str]] = []
    begun: tuple[int, str] | None = None
    for number, line in folder.lines(file):
        if line.lstrip().startswith("#"):
            continue
        first, so_far = begun or (number, "")
        text = so_far + line
        begun = (
            (first, text.rstrip().removesuffix("\\") + " ")
            if line.rstrip().endswith("\\")
            else None
        )
        if begun is None:
            found.append((first, text))
    return found


def _words(text: str) -> str:
    """A command in exec form as one line; one in shell form as it is."""
    if text.startswith("["):
        try:
            words = json.loads(text)
        except ValueError:
            return text
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            return shlex.join(words)
    return text


def _env(text: str, place: Place) -> dict[str, Candidate]:
    if re.match(r"\w+\s", text):
        name, _, value = text.partition(" ")
        return {name: Candidate(value.strip(), place, "sure")}
    try:
        words = shlex.split(text)
    except ValueError:
        return {}
    pairs = [word.partition("=") for word in words]
    return {name: Candidate(value, place, "sure") for name, equals, value in pairs if equals}


@dataclass(frozen=True, slots=True)
class Package:
    """A package.json: its folder, scripts and dependencies."""

    file: str
    scripts: dict[str, Candidate]
    dependencies: dict[str, Place]
    main: str = ""

    @property
    def folder(self) -> str:
        """Where it lies; empty at the top."""
        return self.file.rpartition("/")[0]


def packages(folder: Folder) -> list[Package]:
    """Every package.json, nearest first."""
    found: list[Package] = []
    for file in folder.named("package.json")[:20]:
        text = folder.text(file)
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            folder.note(f"{file} was not used: it is not valid JSON")
            continue
        if not isinstance(data, dict):
            continue
        scripts = {
            name: Candidate(command, _line_of(text, file, name), "sure", f"script {name}")
            for name, command in _table(data.get("scripts")).items()
            if isinstance(command, str)
        }
        dependencies = {
            name: _line_of(text, file, name) for name in _table(data.get("dependencies"))
        }
        main = data.get("main")
        found.append(Package(file, scripts, dependencies, main if isinstance(main, str) else ""))
    return found


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _line_of(text: str, file: str, key: str) -> Place:
    at = text.find(f'"{key}":')
    at = at if at >= 0 else text.find(json.dumps(key))
    return Place(file, text.count("\n", 0, at) + 1 if at >= 0 else 0)


def python_dependencies(folder: Folder) -> dict[str, Place]:
    """Python packages that the project names, in small letters, with the place of each."""
    found: dict[str, Place] = {}
    for file in folder.matching(
        r"(?:[^/]+/){0,2}(?:requirements[^/]*\.(?:txt|in)|requirements/[^/]+\.txt)"
    ):
        for number, line in folder.lines(file):
            match = _REQUIREMENT.match(line)
            if match:
                found.setdefault(match[1].lower(), Place(file, number))
    for file in folder.named("pyproject.toml", "Pipfile"):
        for name in _named_in_toml(folder, file):
            at = folder.text(file).lower().find(name)
            on_line = folder.text(file).count("\n", 0, at) + 1 if at >= 0 else 0
            found.setdefault(name, Place(file, on_line))
    pattern = re.compile(r"""["']([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?(?:[<>=!~ ][^"']*)?["']""")
    for file in folder.named("setup.py"):
        requires = folder.text(file).partition("install_requires")[2].partition("]")[0]
        for match in pattern.finditer(requires):
            found.setdefault(match[1].lower(), Place(file))
    return found


def _named_in_toml(folder: Folder, file: str) -> list[str]:
    """Names of dependencies in pyproject.toml (standard and Poetry) or a Pipfile."""
    try:
        data = tomllib.loads(folder.text(file))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        folder.note(f"{file} was not used: it is not valid TOML: {str(problem)[:80]}")
        return []
    project = _table(data.get("project"))
    listed = project.get("dependencies")
    extra = _table(project.get("optional-dependencies")).values()
    lists = [listed, *extra]
    names = [item for items in lists if isinstance(items, list) for item in items]
    poetry = _table(_table(data.get("tool")).get("poetry"))
    tables = [_table(poetry.get("dependencies")), _table(data.get("packages"))]
    matches = [
        _REQUIREMENT.match(str(name))
        for name in [*names, *(key for table in tables for key in table)]
    ]
    return [match[1].lower() for match in matches if match]
