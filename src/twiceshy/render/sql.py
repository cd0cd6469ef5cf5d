"""SQL statements laid out and coloured for reading."""

from __future__ import annotations

import re
from textwrap import dedent

from rich.text import Text

from twiceshy.render.legible import legible

_CLAUSE = re.compile(
    r"(?<!LEFT)(?<!RIGHT)(?<!FULL)(?<!INNER)(?<!CROSS)(?<!OUTER)"
    r"\s+(?=(?:FROM|WHERE|(?:LEFT |RIGHT |FULL |INNER |CROSS )?(?:OUTER )?JOIN|GROUP BY|HAVING"
    r"|ORDER BY|LIMIT|RETURNING|SET|VALUES|UNION|ON CONFLICT)\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\$(\w*)\$.*?\$\1\$|--|/\*", re.DOTALL)
_KEYWORD = re.compile(
    r"\b(?:SELECT|DISTINCT|FROM|WHERE|AND|OR|NOT|IN|IS|NULL|LEFT|RIGHT|FULL|INNER|CROSS|OUTER|JOIN"
    r"|ON|USING|GROUP|ORDER|BY|HAVING|LIMIT|OFFSET|AS|WITH|INSERT|INTO|VALUES|UPDATE|SET|DELETE"
    r"|RETURNING|UNION|ALL|EXISTS|CASE|WHEN|THEN|ELSE|END|CONFLICT|DO|NOTHING|BETWEEN|LIKE|ILIKE"
    r"|ASC|DESC|TRUE|FALSE)\b",
    re.IGNORECASE,
)
WIDE = 60
"""A statement on one line that is longer than this is broken before its clauses."""


def highlighted(statement: str) -> Text:
    """The statement, broken before its clauses where it is one long line, keywords in colour."""
    text = Text(_broken(_dedented(legible(statement).strip())))
    plain = text.plain
    literals = [found.span() for found in _QUOTED.finditer(plain)]
    for word in _KEYWORD.finditer(plain):
        if not any(start <= word.start() < end for start, end in literals):
            text.stylize("cyan", *word.span())
    for start, end in literals:
        if plain[start] == "'":
            text.stylize("yellow", start, end)
    return text


def _dedented(statement: str) -> str:
    """Without the indentation that all lines but the first have of the program around them."""
    first, line_break, rest = statement.partition("\n")
    return first + line_break + dedent(rest)


def _broken(statement: str) -> str:
    if "\n" in statement or len(statement) <= WIDE:
        return statement
    if any(mark in statement for mark in ("--", "/*", "$$")):
        # A line break after a comment, or inside a body, would change what is said.
        return statement
    pieces, at = [], 0
    for literal in _QUOTED.finditer(statement):
        pieces += [_CLAUSE.sub("\n", statement[at : literal.start()]), literal[0]]
        at = literal.end()
    return "".join([*pieces, _CLAUSE.sub("\n", statement[at:])])
