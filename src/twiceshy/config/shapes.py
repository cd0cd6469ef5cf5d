"""Walks along the annotations of a pydantic model, as the location of an error does.

A location holds more than the user's keys: where a value may be one thing or another, the name
of the alternative stands between them. Only the annotations tell the two apart.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error points to.

    `keys` are as the user wrote them. `annotations` are what may stand there; for an unknown key,
    those of the table around it. `union_at` is the number of keys before the first choice
    between alternatives, None where there was none.
    """

    keys: tuple[str, ...]
    annotations: tuple[Any, ...]
    union_at: int | None = None
    field: FieldInfo | None = field(default=None, repr=False)

    @property
    def description(self) -> str:
        """What the field's author says about it."""
        return (self.field.description or "") if self.field else ""

    def known_keys(self) -> tuple[str, ...]:
        """The keys that a table may have here."""
        tables = (each for each in _flat(self.annotations) if _is_model(each))
        keys = (_written(name, info) for table in tables for name, info in _fields(table))
        return tuple(dict.fromkeys(keys))

    def choices(self) -> tuple[str, ...]:
        """The texts to choose from, where only certain texts may stand here."""
        texts: list[Any] = []
        for each in _flat(self.annotations):
            if get_origin(each) is Literal:
                texts += get_args(each)
            elif isinstance(each, type) and issubclass(each, Enum):
                texts += [member.value for member in each]
        return tuple(text for text in texts if isinstance(text, str))


def walk(model: type[BaseModel], location: Iterable[int | str]) -> Place:
    """The place that an error's location points to."""
    keys: list[str] = []
    here: list[Any] = [model]
    around: FieldInfo | None = None
    union_at: int | None = None
    for part in location:
        if part == "[key]":  # pydantic's mark for an error in a key itself
            continue
        if _is_choice(here):
            union_at = len(keys) if union_at is None else union_at
            here = _named(list(_flat(here)), str(part))
            continue
        keys.append(str(part))
        below = [step for each in _flat(here) for step in _inside(each, part)]
        if below:
            here = [annotation for annotation, _ in below]
            around = below[0][1] or around  # an item is described by its list
    return Place(tuple(keys), tuple(here), union_at, around)


def _inside(annotation: Any, part: int | str) -> Iterator[tuple[Any, FieldInfo | None]]:
    """What may stand under the key or index `part`."""
    if _is_model(annotation):
        for name, info in _fields(annotation):
            if part in {name, _written(name, info)}:
                yield info.annotation, info
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is dict and len(arguments) == 2:
        yield arguments[1], None
    elif isinstance(part, int) and origin is tuple and arguments[-1:] != (...,):
        yield from ((argument, None) for argument in arguments[part : part + 1])
    elif isinstance(part, int) and arguments:
        yield arguments[0], None


def _is_choice(annotations: Iterable[Any]) -> bool:
    """Whether pydantic names an alternative at this place."""
    return any(
        len([each for each in get_args(bare) if each is not type(None)]) > 1
        for bare in map(_bare, annotations)
        if get_origin(bare) in {Union, types.UnionType}
    )


def _named(alternatives: list[Any], name: str) -> list[Any]:
    """Those alternatives that pydantic calls `name`; all, when that cannot be told."""

    def bears(annotation: Any) -> bool:
        own = getattr(get_origin(annotation) or annotation, "__name__", "?").lower()
        words = name.lower()
        return words == own or words.startswith(f"{own}[") or words.endswith(f"-{own}")

    return [each for each in alternatives if bears(each)] or alternatives


def _flat(annotations: Iterable[Any]) -> Iterator[Any]:
    """The alternatives themselves, without `Annotated`, unions and None."""
    for each in annotations:
        bare = _bare(each)
        if get_origin(bare) in {Union, types.UnionType}:
            yield from _flat(get_args(bare))
        elif bare is not type(None):
            yield bare


def _bare(annotation: Any) -> Any:
    """Without `Annotated` and without a `type` alias around it."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return _bare(annotation.__value__) if hasattr(annotation, "__value__") else annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _fields(model: type[BaseModel]) -> Iterable[tuple[str, FieldInfo]]:
    return model.model_fields.items()


def _written(name: str, info: FieldInfo) -> str:
    """The key that users write for a field."""
    alias = info.validation_alias or info.alias
    return alias if isinstance(alias, str) else name
