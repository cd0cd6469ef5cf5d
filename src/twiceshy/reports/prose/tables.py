"""Rows of tables that are drawn with upright lines."""

from __future__ import annotations

import re

_DELIMITER = re.compile(r"[|+:\-= \t]+")


def is_delimiter(row: str) -> bool:
    """Whether a row only parts the head of a table from its body."""
    return "-" in row and _DELIMITER.fullmatch(row) is not None


def cells_of(row: str) -> list[str]:
    """The cells of a row; a bar in code or after a backslash parts none."""
    row = row.strip().removeprefix("|")
    row = row[:-1] if row.endswith("|") and not row.endswith("\\|") else row
    if "\\|" not in row and "`" not in row:
        return [cell.strip() for cell in row.split("|")]
    cells = [""]
    code = escaped = False
    for letter in row:
        code ^= letter == "`"
        if letter == "|" and not code and not escaped:
            cells.append("")
        else:
            cells[-1] += letter
        escaped = letter == "\\"
    return [cell.strip() for cell in cells]
