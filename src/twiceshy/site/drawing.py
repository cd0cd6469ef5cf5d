"""A few shapes of SVG, drawn by hand.

Horizontal places are percentages and sizes are pixels, so that a drawing fits a phone and a desk
without its letters becoming smaller. Colours come from the style sheet through classes.
"""

from __future__ import annotations

from typing import TypeAlias

from markupsafe import Markup, escape

Attributes: TypeAlias = dict[str, str | float]


def tag(name: str, *inside: Markup, **attributes: str | float) -> Markup:
    """An element; `class_` is written as class, `stroke_width` as stroke-width."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    content = "".join(map(escape, inside))
    return Markup(f"<{name}{written}>{content}</{name}>")  # noqa: S704 - every part is escaped


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{value:g}"


def percent(share: float) -> str:
    """A place between 0 and 1 as a percentage."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def text(words: str, **attributes: str | float) -> Markup:
    """Words in a drawing."""
    return tag("text", escape(words), **attributes)


def picture(label: str, height: float, *inside: Markup, class_: str = "") -> Markup:
    """A drawing as wide as its place, which is one picture with a label for screen readers."""
    return tag(
        "svg",
        tag("title", escape(label)),
        *inside,
        class_=f"drawing {class_}".strip(),
        width="100%",
        height=height,
        role="img",
        aria_label=label,
    )
