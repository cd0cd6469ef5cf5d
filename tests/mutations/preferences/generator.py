"""Mutations made by rule: one field of one answer, or one column of one query, in one more way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mutations.patch import Mutation, Patch

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = "preferences/documents.py"
API = "preferences/api.py"
POSTGRESQL = "preferences/storage/postgresql.py"


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of an answer as the source writes it; `is_text` is what it holds."""

    answer: str
    file: str
    name: str
    value: str
    before: str
    after: str
    is_text: bool = False

    @property
    def source(self) -> str:
        """Name and value as they stand in the source."""
        return f'{self.before}"{self.name}": {self.value}{self.after}'


def _whole(name: str, value: str, *, is_text: bool = False) -> Field:
    return Field("preference", DOCUMENTS, name, value, " " * 8, ",\n", is_text)


def _budget(name: str, value: str) -> Field:
    return Field("budget", API, name, value, " " * 8, ",\n")


FIELDS = (
    _whole("provider", "preference.provider", is_text=True),
    _whole("region", "preference.region", is_text=True),
    _whole("settings", "settings_of(preference)"),
    _whole("monthly_limit", "preference.monthly_limit"),
    _whole("note", "preference.note", is_text=True),
    _whole("changed_at", "preference.changed_at.astimezone(UTC).isoformat()", is_text=True),
    _budget("monthly", "sum(one.monthly_limit or 0.0 for one in mine)"),
    _budget("unlimited", "[one.provider for one in mine if one.monthly_limit is None]"),
    _budget("machines", "sum(each for each in replicas if isinstance(each, int))"),
    Field("provider", API, "name", "one.name", "{", ", ", is_text=True),
    Field("provider", API, "title", "one.title", ", ", ", ", is_text=True),
    Field("provider", API, "regions", "one.regions", ", ", "}"),
)

WAYS = {
    "null": ("goes out as null", "None"),
    "listed": ("goes out as a list of one", "[{value}]"),
    "boxed": ("goes out as an object of one", '{{"value": {value}}}'),
    "counted": ("goes out as its length", "len(str({value}))"),
    "emptied": ("goes out as an empty text", '""'),
}
FOR_VALUES = {"text": ("goes out as a text", "str({value})")}
COLUMNS = ("region", "settings", "monthly_limit", "note")


def generated() -> tuple[Mutation, ...]:
    """All of them: fields first, then columns."""
    fields = [mutation for field in FIELDS for mutation in _of_field(field)]
    columns = [mutation for query in ("ALL", "ONE") for mutation in _of_query(query)]
    return (*fields, *columns)


def _of_field(field: Field) -> Iterator[Mutation]:
    named = f"{field.answer}.{field.name}"
    for way, (says, new) in (WAYS if field.is_text else WAYS | FOR_VALUES).items():
        value = new.format(value=field.value)
        after = f'{field.before}"{field.name}": {value}{field.after}'
        yield Mutation(
            f"{named}.{way}", f"{named} {says}", (Patch(field.file, field.source, after),)
        )
    renamed = field.source.replace(f'"{field.name}"', f'"{field.name}_"')
    patch = Patch(field.file, field.source, renamed)
    yield Mutation(f"{named}.renamed", f"{named} has another name", (patch,))


def _of_query(query: str) -> Iterator[Mutation]:
    """One column of a query is lost, or one row."""
    last = "    ORDER BY provider\n" if query == "ALL" else " AND provider = %(provider)s\n"
    start = f'{query} = """\n    SELECT account, provider, region, settings, monthly_limit, note'
    for column in COLUMNS:
        changed = start.replace(f" {column}", f" NULL AS {column}")
        says = f"the query {query} does not read {column}"
        yield Mutation(
            f"{query}.{column}.unread".lower(), says, (Patch(POSTGRESQL, start, changed),)
        )
    text = start.replace(" settings", " settings::text")
    says = f"the query {query} reads settings as text"
    yield Mutation(f"{query}.settings.text".lower(), says, (Patch(POSTGRESQL, start, text),))
    # ONE is followed by the end of its text, REMOVE by a quotation mark.
    end = last if query == "ALL" else f'{last}"""\nPUT'
    for way, added in {"none": "LIMIT 0", "fewer": "OFFSET 1"}.items():
        new = end.replace(last, f"{last}    {added}\n")
        says = f"the query {query} ends with {added}"
        yield Mutation(f"{query}.{way}".lower(), says, (Patch(POSTGRESQL, end, new),))
