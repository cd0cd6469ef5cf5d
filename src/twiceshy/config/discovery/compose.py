"""What a compose file says about the service and what it needs. Docker is not needed to read it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twiceshy.config.discovery.facts import Candidate, Place
from twiceshy.config.yaml_text import parse_yaml
from twiceshy.errors import ConfigurationError

if TYPE_CHECKING:
    from twiceshy.config.discovery.folder import Folder
    from twiceshy.config.yaml_text import YamlText

_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_MAIN = re.compile(
    r"^(?:web|app|api|backend|server|service|site|django|flask|rails|node)$|web|api|app|server|backend"
)
_INITDB = "/docker-entrypoint-initdb.d"

# Images of stores and how to start the same thing as a process.
STORES = {
    "redis": "redis-server --port {port} --bind 127.0.0.1 --save '' --dir {scratch}",
    "memcached": "memcached -l 127.0.0.1 -p {port} -u nobody",
    "nats": "nats-server -a 127.0.0.1 -p {port}",
}
_KINDS = {
    **dict.fromkeys(("redis", "valkey", "keydb", "dragonfly"), "redis"),
    **dict.fromkeys(("redis-stack", "redis-stack-server"), "redis"),
    **dict.fromkeys(("postgres", "postgresql", "postgis", "pgvector", "citus"), "postgres"),
    **dict.fromkeys(("timescaledb", "timescaledb-ha"), "postgres"),
    "memcached": "memcached",
    "nats": "nats",
}


@dataclass(slots=True)
class ComposeService:
    """One service of a compose file."""

    name: str
    place: Place
    kind: str = ""
    image: str = ""
    context: str | None = None
    dockerfile: str = ""
    command: Candidate | None = None
    env: dict[str, Candidate] = field(default_factory=dict)
    has_ports: bool = False
    needs: tuple[str, ...] = ()
    health: Candidate | None = None
    init_files: tuple[Candidate, ...] = ()


@dataclass(slots=True)
class Compose:
    """The services of a compose file, those of our own code with the main one first."""

    own: list[ComposeService] = field(default_factory=list)
    stores: list[ComposeService] = field(default_factory=list)
    others: list[ComposeService] = field(default_factory=list)


def read_compose(folder: Folder) -> Compose:
    """The nearest compose file; empty where there is none, or a broken one (a note says so)."""
    files = folder.named(*_NAMES)
    found = Compose()
    if not files:
        return found
    file = files[0]
    try:
        parsed = parse_yaml(folder.text(file), Path(file))
    except ConfigurationError as problem:
        folder.note(f"{file} was not used: {problem.happened}")
        return found
    services = parsed.data.get("services") if isinstance(parsed.data, dict) else None
    if not isinstance(services, dict):
        folder.note(f"{file} was not used: it has no table of services")
        return found
    for name, entry in services.items():
        if isinstance(entry, dict):
            _sort(found, _service(folder, file, parsed, str(name), entry))
    found.own.sort(key=_rank)
    return found


def _sort(found: Compose, service: ComposeService) -> None:
    """Put a service where it belongs: ours, a store that we know, or another."""
    if service.kind:
        found.stores.append(service)
    elif service.context is not None or (not service.image and service.command):
        found.own.append(service)
    else:
        found.others.append(service)


def _rank(service: ComposeService) -> tuple[bool, bool, bool]:
    """The main service is called so, is reachable from outside, and has a command."""
    main = bool(_MAIN.search(service.name)) and not re.search(
        r"worker|beat|cron|migrat", service.name
    )
    return (not main, not service.has_ports, service.command is None)


def _service(
    folder: Folder, file: str, parsed: YamlText, name: str, entry: dict[str, Any]
) -> ComposeService:
    def place(*keys: str) -> Place:
        return Place(file, parsed.line_of(["services", name, *keys]))

    image = _text(entry.get("image"))
    service = ComposeService(name, place(), image=image, kind=_kind(image))
    build = entry.get("build")
    if build is not None:
        context = build.get("context", ".") if isinstance(build, dict) else build
        service.context = _inside(file, _text(context) or ".")
        service.dockerfile = _text(build.get("dockerfile")) if isinstance(build, dict) else ""
    words = [_command(entry.get(key)) for key in ("entrypoint", "command")]
    text = " ".join(part for part in words if part)
    if text:
        key = "command" if entry.get("command") else "entrypoint"
        service.command = Candidate(text, place(key), "sure", f"service {name}")
    for variable, value in _pairs(entry.get("environment")):
        line = place("environment", variable)
        service.env[variable] = Candidate(value, line, "sure")
    service.has_ports = bool(entry.get("ports"))
    needs = entry.get("depends_on")
    service.needs = tuple(map(str, needs)) if isinstance(needs, list | dict) else ()
    health = entry.get("healthcheck")
    path = health_path(_command(health.get("test"))) if isinstance(health, dict) else ""
    service.health = Candidate(path, place("healthcheck"), "likely") if path else None
    service.init_files = tuple(_init_files(folder, file, entry.get("volumes"), place("volumes")))
    return service


def _kind(image: str) -> str:
    """The sort of store that an image is: `docker.io/bitnami/redis:7` is redis."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return _KINDS.get(name.lower(), "")


def health_path(command: str) -> str:
    """The path that a health check asks for: `curl -f http://localhost:8000/health` is /health."""
    found = re.search(r"https?://[^/\s'\"]+(/[^\s'\"|)#]*)", command)
    return found[1] if found else ""


def _command(value: Any) -> str:
    """A command as one line, from a text or a list of words."""
    if isinstance(value, list):
        words = [_text(word) for word in value]
        if words[:1] in (["CMD"], ["CMD-SHELL"]):
            words = words[1:]
        return words[0] if len(words) == 1 else shlex.join(words)
    return _text(value).replace("$$", "$")


def _pairs(value: Any) -> list[tuple[str, str]]:
    """Variables of a table, or of a list of NAME=value."""
    if isinstance(value, dict):
        return [(str(name), _text(given)) for name, given in value.items()]
    if isinstance(value, list):
        parts = [_text(item).partition("=") for item in value]
        return [(name, given) for name, equals, given in parts if equals]
    return []


def _init_files(folder: Folder, file: str, volumes: Any, place: Place) -> list[Candidate]:
    """SQL files that the database image runs at its first start, in their order."""
    found: list[Candidate] = []
    for volume in volumes if isinstance(volumes, list) else []:
        if isinstance(volume, dict):
            source, target = _text(volume.get("source")), _text(volume.get("target"))
        else:
            source, _, target = _text(volume).partition(":")
        if not target.startswith(_INITDB):
            continue
        inside = _inside(file, source)
        names = sorted(one for one in folder.files if one == inside or one.startswith(f"{inside}/"))
        found += [
            Candidate(one, place, "sure", "run when the database image starts first")
            for one in names
            if one.endswith(".sql")
        ]
    return found


def _inside(file: str, path: str) -> str:
    """A path that a compose file names, seen from the folder; empty is the folder itself."""
    parts: list[str] = file.split("/")[:-1]
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in {"", ".", ".."}:
            parts.append(part)
    return "/".join(parts)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""
