"""Foreign text within Markdown: it stays text, whatever signs are in it."""

from __future__ import annotations

SIGNS = {"recurs": "❌", "unknown": "❔", "holds": "✅"}
"""Of the verdicts."""


def fence(text: str, language: str = "") -> list[str]:
    """Lines of code, whatever they hold."""
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return [f"{ticks}{language}", text, ticks]


def code(text: str) -> str:
    """Inline code, whatever it holds."""
    line = " ".join(str(text).split())
    ticks = "`"
    while ticks in line:
        ticks += "`"
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def plain(text: str) -> str:
    """Foreign text must not become a mention or HTML; code in backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return harmless(text.replace("`", "'"))
    told = (code(p) if place % 2 else harmless(p) for place, p in enumerate(parts))
    return "".join(told)


def harmless(text: str) -> str:
    """As `plain`, for text without code."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b")


def cell(text: str) -> str:
    """Code in a table; nothing stays nothing."""
    return code(text).replace("|", "\\|") if text.strip() else ""
