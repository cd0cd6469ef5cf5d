"""Values that a type takes when nothing else is known, for the types built into PostgreSQL.

Also for citext, hstore and ltree, which are extensions but common.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.synthesis.texts import plausible

if TYPE_CHECKING:
    from twiceshy.model.schema import Column
    from twiceshy.synthesis.identity import Identity

TEXTS = frozenset({"text", "varchar", "bpchar", "citext", "name"})
INTEGERS = frozenset({"int2", "int4", "int8"})
DECIMALS = frozenset({"numeric", "float4", "float8"})
MOMENTS = frozenset({"date", "timestamp", "timestamptz"})

_WHOLE = ("1", "2", "0", "10", "100", "-1")
# The last one is for partitions that only cover the present; the row keeps the date it came to.
_DAYS = ("2024-01-15", "2024-06-15", "2030-01-15", "2000-01-01", "today")
_INSTANTS = (*(f"{day} 10:00:00" for day in _DAYS[:-1]), "now")
_BY_TYPE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(INTEGERS, _WHOLE),
    **dict.fromkeys(("oid", "xid", "xid8", "cid"), ("1", "2", "3")),
    **dict.fromkeys(DECIMALS, ("1", "2", "10", "0", "100", "0.5", "-1")),
    "money": ("1.00", "10.00", "100.00", "0.00"),
    "bool": ("false", "true"),
    "char": ("x", "a", "1"),
    "date": _DAYS,
    "timestamp": _INSTANTS,
    "timestamptz": tuple(f"{text}+00" if text != "now" else text for text in _INSTANTS),
    "time": ("10:00:00", "18:00:00", "00:00:00"),
    "timetz": ("10:00:00+00", "18:00:00+00"),
    "interval": ("1 day", "1 hour", "30 days", "00:00:00"),
    "json": ("{}", "[]", '""', "null"),
    "jsonb": ("{}", "[]", '""', "null"),
    "jsonpath": ("$",),
    "bytea": ("\\x00", "\\x"),
    "inet": ("192.0.2.1", "2001:db8::1"),
    "cidr": ("192.0.2.0/24", "2001:db8::/32"),
    "macaddr": ("02:00:5e:00:00:01",),
    "macaddr8": ("02:00:5e:00:00:00:00:01",),
    "xml": ("<x/>",),
    "tsvector": ("x",),
    "tsquery": ("x",),
    "hstore": ("", "a=>1"),
    "ltree": ("x", "x.y"),
    "lquery": ("x",),
    "pg_lsn": ("0/1",),
    "point": ("(1,1)",),
    "line": ("{1,-1,0}",),
    "lseg": ("[(0,0),(1,1)]",),
    "box": ("(1,1),(0,0)",),
    "path": ("[(0,0),(1,1)]",),
    "polygon": ("((0,0),(1,0),(1,1))",),
    "circle": ("<(0,0),1>",),
    "int4range": ("[1,10)", "[10,20)", "empty"),
    "int8range": ("[1,10)", "[10,20)", "empty"),
    "numrange": ("[1,10)", "[10,20)", "empty"),
    "daterange": ("[2024-01-15,2024-01-16)", "[2030-01-15,2030-01-16)", "empty"),
    "tsrange": ("[2024-01-15 10:00,2024-01-15 11:00)", "empty"),
    "tstzrange": ("[2024-01-15 10:00+00,2024-01-15 11:00+00)", "empty"),
}
_REALMS = {
    "int4multirange": "int4range",
    "int8multirange": "int8range",
    "nummultirange": "numrange",
    "datemultirange": "daterange",
    "tsmultirange": "tsrange",
    "tstzmultirange": "tstzrange",
}


_WIDEST = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1}


def fits(column: Column, value: str) -> bool:
    """Whether the value is within the column's size: its error would not say which column it is."""
    if column.base in TEXTS | {"bit", "varbit"}:
        return column.max_length is None or len(value) <= column.max_length
    if column.base in _WIDEST and re.fullmatch(r"-?\d+", value):
        return abs(int(value)) <= _WIDEST[column.base]
    if column.base == "numeric":
        whole = value.lstrip("-").partition(".")[0].lstrip("0")
        return len(whole) <= room_for_digits(column)[0]
    return True


def room_for_digits(column: Column) -> tuple[int, int]:
    """How many digits fit before the point, and how many are kept after it."""
    if column.base != "numeric":
        return (4, 2) if column.base == "float4" else (12, 2)
    modifier = re.search(r"\((\d+)(?:,(-?\d+))?\)", column.base_type or column.type)
    if not modifier:
        return 100, 2
    scale = int(modifier[2] or 0)
    return int(modifier[1]) - scale, max(0, scale)


def typical(column: Column, identity: Identity) -> tuple[str, ...]:
    """Values to try for the column's type, plainest first; empty for a type we do not know."""
    base = column.base
    if column.kind == "enum":
        return column.enum_labels
    if column.kind == "array":
        return _arrays(column, identity)
    if column.kind == "composite":
        return ()
    if base in TEXTS:
        return _short_enough(plausible(column.name, identity.token(column.name)), column)
    if base == "uuid":
        return (identity.uuid(63),)
    if base in {"bit", "varbit"}:
        length = column.max_length or 1
        return ("0" * length, "1" * length)
    if base in _REALMS:
        return tuple(f"{{{text}}}" for text in _BY_TYPE[_REALMS[base]] if text != "empty")
    return _BY_TYPE.get(base, ())


def _short_enough(texts: tuple[str, ...], column: Column) -> tuple[str, ...]:
    limit = column.max_length
    if limit is None:
        return texts
    return tuple(dict.fromkeys(text[:limit] for text in texts))


def _arrays(column: Column, identity: Identity) -> tuple[str, ...]:
    """Empty, then of one element."""
    element = column.base.removeprefix("_")
    if any(part.parts or part.checks for part in column.parts):
        return ("{}",)
    if column.enum_labels:
        items: tuple[str, ...] = column.enum_labels
    elif element in TEXTS:
        items = (identity.token(column.name),)
    elif element == "uuid":
        items = (identity.uuid(63),)
    else:
        items = _BY_TYPE.get(element, ())
    return ("{}", *(f"{{{quoted(item)}}}" for item in items))


def quoted(text: str) -> str:
    """A value as it stands within an array, a composite or a range, which any type allows."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def fresh(column: Column, identity: Identity, attempt: int) -> str | None:
    """A value that no other row is likely to hold, for types other than numbers and text."""
    number = identity.row + 1_000 * attempt
    high, low = divmod(number, 256)
    year, day = 2031 + number // 336 % 60, number % 336
    month, day = 1 + day // 28, 1 + day % 28
    minutes = f"{number // 60 % 24:02d}:{number % 60:02d}"
    builders = {
        "date": f"{year}-{month:02d}-{day:02d}",
        "timestamp": f"{year}-{month:02d}-{day:02d} {minutes}:00",
        "timestamptz": f"{year}-{month:02d}-{day:02d} {minutes}:00+00",
        "time": f"{minutes}:00",
        "uuid": identity.uuid(62, attempt),
        "bytea": "\\x" + identity.token(column.name, attempt).encode().hex(),
        "inet": f"198.18.{high % 256}.{low}",
        "cidr": f"198.18.{high % 256}.{low}/32",
        "macaddr": f"02:00:5e:10:{high % 256:02x}:{low:02x}",
        "int4range": f"[{10 * number},{10 * number + 1})",
        "int8range": f"[{10 * number},{10 * number + 1})",
        "numrange": f"[{10 * number},{10 * number + 1})",
        "daterange": f"[{year}-{month:02d}-{day:02d},{year}-{month:02d}-{day:02d}]",
        "tsrange": f"[{year}-{month:02d}-{day:02d} 10:00,{year}-{month:02d}-{day:02d} 11:00)",
        "tstzrange": f"[{year}-{month:02d}-{day:02d} 10:00,{year}-{month:02d}-{day:02d} 11:00)",
        "jsonb": f'{{"n": {number}}}',
        "ltree": f"{identity.token(column.name, attempt)}",
        "interval": f"{number} minutes",
    }
    if column.base in {"bit", "varbit"}:
        length = column.max_length or 16
        return f"{number % 2**length:0{length}b}"
    if column.base == "_text":
        return f"{{{identity.token(column.name, attempt)}}}"
    return builders.get(column.base)
