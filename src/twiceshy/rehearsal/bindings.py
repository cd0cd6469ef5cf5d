"""Which column the slots of a request take their values from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.errors import nearest
from twiceshy.model.survey import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from twiceshy.model.ownership import Ownership
    from twiceshy.model.scenario import RequestTemplate
    from twiceshy.model.schema import Catalogue, QName, Table


class Unbound(Exception):  # noqa: N818 - becomes the reason of an unknown
    """A slot whose column cannot be told from its name; `str()` says what to write."""


def bind(
    template: RequestTemplate,
    catalogue: Catalogue,
    ownership: Ownership,
    bindings: Mapping[str, str],
) -> tuple[tuple[Slot, ...], Mapping[str, Unbound]]:
    """The column of each slot: as written, else by name (`goal_id`, or `id` behind `/goals/`).

    Slots whose column cannot be told come second, each with what to write.
    """
    slots: list[Slot] = []
    unbound: dict[str, Unbound] = {}
    for name in template.slots:
        try:
            slots.append(_slot(name, template, catalogue, ownership, bindings))
        except Unbound as reason:
            unbound[name] = reason
    return tuple(slots), unbound


def _slot(
    name: str,
    template: RequestTemplate,
    catalogue: Catalogue,
    ownership: Ownership,
    bindings: Mapping[str, str],
) -> Slot:
    written = bindings.get(name)
    if written is not None:
        return _written(name, written, catalogue)
    # What belongs to somebody comes first: two tables may have like names.
    preferred = (*ownership.owned_tables, *ownership.actor_tables)
    tables = sorted(catalogue.tables, key=lambda table: table.name not in preferred)
    for words, column in _readings(name, template):
        for table in tables:
            if words in _names_of(table.name):
                found = _column(table, column)
                if found:
                    return Slot(name, table.name, found)
    own = _own_key(name, catalogue, preferred)
    if own is not None:
        return own
    raise Unbound(
        f"{{{name}}} names no column that could be found; write bind = {{ {name} = "
        '"table.column" } in the guard'
    )


def _own_key(name: str, catalogue: Catalogue, owned: Sequence[QName]) -> Slot | None:
    """A column of that very name that tells rows of somebody apart, where there is but one."""
    snake = _snake(name)
    found = [
        Slot(name, table.name, column.name)
        for table in catalogue.tables
        for column in table.columns
        if table.name in owned and column.name.lower() in {name.lower(), snake}
        if table.is_unique((column.name,))
    ]
    return found[0] if len(found) == 1 else None


def _written(name: str, written: str, catalogue: Catalogue) -> Slot:
    text, _, column = written.rpartition(".")
    table = catalogue.find(text)
    if table is None:
        near = nearest(text, (str(t.name) for t in catalogue.tables))
        hint = f"; did you mean {near}?" if near else ""
        raise Unbound(f"bind.{name} names {written}, but there is no table {text}{hint}")
    if column not in table.column_names:
        near = nearest(column, table.column_names)
        hint = f"; did you mean {near}?" if near else ""
        raise Unbound(f"bind.{name} names {written}, but {text} has no column {column}{hint}")
    return Slot(name, table.name, column)


def _readings(name: str, template: RequestTemplate) -> Iterator[tuple[str, str]]:
    """(table's name in the singular, column or "" for the key) that a slot's name may mean."""
    plain = name.lower().replace("-", "_")
    snake = _snake(name)
    for form in dict.fromkeys((snake, plain)):
        words, _, last = form.rpartition("_")
        if words:
            yield words, last
            yield words.rpartition("_")[2], last
        yield form, ""
    before = template.path.partition("{" + name + "}")[0].rstrip("/").rpartition("/")[2]
    if before and "{" not in before:
        column = plain if plain not in {"id", "pk", "key"} else ""
        yield singular(before.lower().replace("-", "_")), column
        yield singular(before.lower().replace("-", "_")), ""


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def table_named(word: str, catalogue: Catalogue) -> Table | None:
    """The table that a word in the singular means, as in `bind`; None when there is none."""
    return next((table for table in catalogue.tables if word in _names_of(table.name)), None)


def _names_of(table: QName) -> Iterable[str]:
    name = table.name.lower()
    # Django's app_model, and prefixes such as t_ or tbl_.
    tail = name.partition("_")[2]
    return {name, singular(name), *({tail, singular(tail)} if tail else ())}


def _column(table: Table, column: str) -> str | None:
    if column and column in table.column_names:
        return column
    if column in {"", "id", "pk", "key", "uuid"} and len(table.primary_key) == 1:
        return table.primary_key[0]
    return None


def singular(word: str) -> str:
    """A rough English singular: enough to match `goals` with `goal_id`."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
