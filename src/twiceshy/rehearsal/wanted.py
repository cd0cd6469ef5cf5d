"""The requests that a guard wants: as written, every one of a description, or recorded ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from twiceshy.errors import ConfigurationError, ServiceFailed
from twiceshy.model.history import Reply
from twiceshy.model.scenario import SLOT, Request, line_template
from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import literal
from twiceshy.rehearsal.description_text import parse_document
from twiceshy.rehearsal.har import once, read_har
from twiceshy.rehearsal.openapi import Description, describe, template_for
from twiceshy.rehearsal.people import actors_of
from twiceshy.rehearsal.prefixes import prefix_of, unserved, without_prefixes
from twiceshy.rehearsal.scenes import GIT
from twiceshy.rehearsal.slotting import with_slots
from twiceshy.stage.checkout import checkout

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence

    from twiceshy.config.project import Project
    from twiceshy.model.kind import Asked
    from twiceshy.model.scenario import RequestTemplate
    from twiceshy.model.schema import QName
    from twiceshy.rehearsal.openapi import Operation
    from twiceshy.rehearsal.scene import Scene

NEW = "only this version describes "
_READING = frozenset({"GET", "HEAD"})
_WILD = re.compile(r"\*|\{[^{}/]*\}")


class Client(Protocol):
    """A version of the service that is up."""

    def fetch_text(self, path: str) -> str:
        """A document that it serves; ServiceFailed when it does not."""


Wish = tuple["RequestTemplate", "Mapping[str, str]"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Each request with the columns that its slots are bound to.

    `named` tells requests that people wrote down from those that a description or a recording
    merely lists. `notes` say what of that could not be used, and why.
    """

    templates: tuple[Wish, ...] = ()
    named: bool = True
    notes: tuple[str, ...] = ()


def wanted(
    asked: Asked,
    project: Project,
    scene: Scene,
    earlier: Callable[[], Generator[str, None, Client]] | None = None,
) -> Generator[str, None, Wanted]:
    """The requests of a guard, told in words while a description is read.

    Where every operation is wanted, `earlier` brings up the version that is compared with, and
    what only that one describes is wanted too: whoever sends it still does.
    Raises ConfigurationError for a description or a recording that cannot be read.
    """
    if asked.har:
        recorded = without(_recorded(asked, project, scene), asked.skip)
        return undoable(recorded, project.network.allow)
    described = yield from described_by(project, scene)
    prefixes: Collection[str] = ()
    if any(map(prefix_of, described.operations)):
        prefixes = unserved(described, lambda path: _status(scene, path))
        described = without_prefixes(described, prefixes)
        yield from scene.rewind()
    found = Wanted(tuple(_templates(asked, described.operations)))
    if asked.requests == "all":
        gone = Description()
        if earlier is not None and asked.baseline.startswith(GIT):
            gone = yield from _gone(described, asked, project, earlier, prefixes)
        everything = (*described.operations, *gone.operations)
        found = Wanted(
            tuple(_templates(asked, everything)),
            named=False,
            notes=(*described.notes, *gone.notes),
        )
    return undoable(without(found, asked.skip), project.network.allow)


def undoable(found: Wanted, hosts: Sequence[str]) -> Wanted:
    """The requests whose effects can be undone, as far as nobody wrote them down.

    What they do to the database is rewound, and nothing else is reached from a stage, but for the
    `hosts` that the configuration allows: where there are any, only what reads is sent unasked.
    """
    if found.named or not hosts:
        return found
    kept = tuple(wish for wish in found.templates if wish[0].method in _READING)
    where = f"{', '.join(hosts[:3])}{' ...' if len(hosts) > 3 else ''}"
    notes = tuple(
        f"{template}: the service may reach {where}, where nothing can be undone; name the request "
        "in a guard to have it sent"
        for template, _ in found.templates
        if template.method not in _READING
    )
    return Wanted(kept, found.named, (*found.notes, *notes))


def _gone(
    described: Description,
    asked: Asked,
    project: Project,
    earlier: Callable[[], Generator[str, None, Client]],
    prefixes: Collection[str],
) -> Generator[str, None, Description]:
    """What the version that is compared with describes, and the present one does not."""
    source = project.service.openapi if project.service else None
    if not source:
        return Description()
    try:
        if source.startswith("/"):
            client = yield from earlier()
            text = client.fetch_text(source)
        else:
            root = checkout(project.root, asked.baseline.removeprefix(GIT))
            text = (root / source).read_text(encoding="utf-8", errors="replace")
        before = without_prefixes(describe(parse_document(text, Path(source))), prefixes)
    except (ServiceFailed, ConfigurationError, OSError) as problem:
        says = getattr(problem, "strerror", None) or str(problem).partition("\n")[0]
        unknown = f"what only {asked.baseline} describes is not known: {source}: {says}"
        return Description(notes=(unknown,))
    here = {_shape(operation) for operation in described.operations}
    gone = tuple(one for one in before.operations if _shape(one) not in here)
    there = {_shape(operation) for operation in before.operations}
    new = (one for one in described.operations if _shape(one) not in there)
    notes = [f"only {asked.baseline} describes {operation}" for operation in gone]
    return Description(gone, (*notes, *(f"{NEW}{operation}" for operation in new)))


def _status(scene: Scene, path: str) -> int | None:
    answer = scene.client.send_plainly(Request("GET", path))
    return answer.status if isinstance(answer, Reply) else None


def _shape(operation: Operation) -> str:
    """Method and path, whatever its slots are called."""
    return SLOT.sub("{}", str(operation))


def _recorded(asked: Asked, project: Project, scene: Scene) -> Wanted:
    """The requests of a HAR file, ids of rows replaced by slots."""
    recording = read_har(project.root / asked.har)

    @cache
    def holds(table: QName, column: str, value: str) -> bool:
        condition = f"{quoted(column)}::text = {literal(value)}"
        return scene.first_row(table, condition) is not None

    slotted = [
        with_slots(_of_nobody(template, project), scene.stage.catalogue, holds)
        for template in recording.templates
    ]
    # By name: the same request has the same slots, bound alike.
    bound = {str(template): bindings for template, bindings in slotted}
    kept, notes = once(template for template, _ in slotted)
    logins = {actor.login.request for actor in actors_of(project).values() if actor.login}
    wishes = tuple(
        (template, {**bound[str(template)], **asked.bind})
        for template in kept
        if str(template) not in logins
    )
    return Wanted(wishes, named=False, notes=(*recording.notes, *notes))


def _of_nobody(template: RequestTemplate, project: Project) -> RequestTemplate:
    """The request without headers that say who asks: those are an actor's own."""
    actors = actors_of(project).values()
    named = {name.lower() for actor in actors for name in actor.headers}
    named |= {actor.login.header.lower() for actor in actors if actor.login}
    kept = tuple(pair for pair in template.headers if pair[0].lower() not in named)
    return replace(template, headers=kept)


def without(found: Wanted, skip: Sequence[str]) -> Wanted:
    """The requests that no text of `skip` names; a note tells those that are left out."""
    if not skip:
        return found
    patterns = [pattern_of(text) for text in skip]
    requests = dict.fromkeys(str(template) for template, _ in found.templates)
    skipped = [name for name in requests if any(one.fullmatch(name) for one in patterns)]
    kept = tuple(wish for wish in found.templates if str(wish[0]) not in skipped)
    notes = [f"{request}: skipped, as the guard says" for request in skipped]
    notes += [
        f"skip = {text} names no request of this guard"
        for text, pattern in zip(skip, patterns, strict=True)
        if not any(pattern.fullmatch(name) for name in requests)
    ]
    return Wanted(kept, found.named, (*found.notes, *notes))


def pattern_of(text: str) -> re.Pattern[str]:
    """What `DELETE /users/{id}` or `* /admin/*` names: a slot is one part, a star anything."""
    method, _, path = text.strip().partition(" ")
    if method.startswith("/"):
        method, path = "*", method
    path = path.strip().rstrip("/") or "*"
    wild = [".*" if found == "*" else "[^/]+" for found in _WILD.findall(path)]
    pieces = zip(_WILD.split(path), [*wild, ""], strict=True)
    shape = "".join(re.escape(piece) + between for piece, between in pieces)
    named = "[A-Z]+" if method == "*" else re.escape(method.upper())
    return re.compile(f"{named} {shape}/?")


def _templates(asked: Asked, described: tuple[Operation, ...]) -> Iterator[Wish]:
    if asked.requests == "all":
        for operation in described:
            yield operation.template, asked.bind
        return
    for entry, bindings in asked.requests:
        bound = {**asked.bind, **bindings}
        if isinstance(entry, str):
            found = template_for(entry, described)
            yield (found.template if found else line_template(entry)), bound
        else:
            yield entry, bound


def described_by(project: Project, scene: Scene) -> Generator[str, None, Description]:
    """What the OpenAPI description offers; nothing where there is none."""
    source = project.service.openapi if project.service else None
    if not source:
        return Description()
    yield "reading the OpenAPI description"
    if source.startswith("/"):
        text = scene.fetch_text(source)
        return describe(parse_document(text, Path(source)))
    path = project.root / source
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigurationError(
            "The OpenAPI description cannot be read",
            location=project.location("service.openapi"),
            key="service.openapi",
            seen=f"{path}: {error.strerror}",
            todo="name a file, or a path that the service serves (it starts with /)",
        ) from None
    return describe(parse_document(text, path))
