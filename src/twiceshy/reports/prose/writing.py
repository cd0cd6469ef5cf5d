"""Turns the lines that belong together into blocks, each under its section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twiceshy.model.postmortem import Span
from twiceshy.reports.headings import canonical_name
from twiceshy.reports.prose.document import Block, Form
from twiceshy.reports.prose.inline import emphasised, plain
from twiceshy.reports.prose.outline import LABEL, Outline
from twiceshy.reports.prose.sections import section_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twiceshy.reports.prose.lines import Line

_COLON = re.compile(r"[^:\uff1a]{1,90}[:\uff1a](?!//)")
_ALL_BOLD = re.compile(r"[^\w*]{0,6}(\*\*\*?|__)(?P<text>[^*\n]{1,100})\1\W{0,3}$")
_DASHED = re.compile(r"(?P<label>[^\w*]{0,6}(\*\*|__)[^*\n]{1,60}\2)\s*[-\u2013\u2014]\s")
_LONGEST_HEADING = 80
_MORE = re.compile(r"[:\uff1a]|\s[-\u2013\u2014]\s")
_LONGEST_SIGNED = 20
_KANJI = re.compile(r"[\u3041-\u30fa\u4e00-\u9fff]")
SIGNS = "\u25a0\u25a1\u25c6\u25c7\u25bc\u25bd\u3010"
_MOST_WORDS = 6
_TELLS = 30
"""Letters after a label in a heading from which on they are a text of their own."""
_SENTENCE_END = re.compile(r"[.!,;\u3002]$")
_STRESS = re.compile(r"[*_]{2,3}")


class Writer:
    """Blocks in their order, and the headings that are open."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.outline = Outline()

    def heading(self, level: int, markup: str, start: int, end: int, *, indent: int = 0) -> None:
        """A heading on lines of its own; a label further right stands below those left of it."""
        text = _seen(markup).strip(":\uff1a ")
        if not text:
            return
        self.outline.heading(level + min(indent, 40) / 50, text)
        self._append_heading(level, text, start, end)
        label, _, rest = text.partition(": ")
        if len(rest) >= _TELLS and level < LABEL and canonical_name(label):
            # What the heading itself says is of its section too.
            section = self.outline.section
            self.blocks.append(Block(Form.PARAGRAPH, rest, Span(start, end), section, text))

    def code(self, text: str, start: int, end: int) -> None:
        """A piece of code, without its fences."""
        span = Span(start, end)
        section, under = self.outline.section, self.outline.under
        self.blocks.append(Block(Form.CODE, text, span, section, under))

    def row(self, cells: Sequence[str], columns: tuple[str, ...], line: Line) -> None:
        """A row of a table."""
        self.outline.outside()
        shown = tuple(" ".join(plain(cell).split()) for cell in cells)
        text = " | ".join(cell for cell in shown if cell)
        name = canonical_name(shown[0].strip(":\uff1a ")) if len(shown) == 2 else ""
        if name and shown[1] and self.outline.opens(name, 0):
            self.outline.label(shown[0], name, 0)
            self._append_heading(LABEL, shown[0], line.start, line.end)
            text, shown, columns = shown[1], (), ()
        if text:
            span, bold = Span(line.start, line.end), emphasised(line.text)
            section, under = self.outline.section, self.outline.under
            form = Form.ROW if shown else Form.PARAGRAPH
            self.blocks.append(
                Block(form, text, span, section, under, 0, "", None, shown, columns, bold)
            )

    def header(self, cells: Sequence[str], line: Line) -> tuple[str, ...]:
        """The head of a table; where it says something itself, it is a row and no head."""
        shown = tuple(" ".join(plain(cell).split()) for cell in cells)
        is_field = len(shown) == 2 and shown[0] and any(map(str.isdecimal, shown[1]))
        if is_field or (len(shown) == 2 and canonical_name(shown[0]) and len(shown[1]) > _TELLS):
            self.row(cells, (), line)
            return ()
        return shown

    def paragraph(self, lines: Sequence[Line], depth: int = 0) -> None:
        """Lines without a blank one between them; headings and labels among them stand out."""
        if not depth:
            self.outline.outside()
        kept: list[Line] = []
        for line in lines:
            rest = self._label(line, None) if not depth else line
            if rest is line and not depth and self._looks_like_heading(line):
                self._flush(kept, depth)
                markup = line.text.rstrip(":\uff1a ")
                self.heading(LABEL, markup, line.start, line.end, indent=line.indent)
                continue
            if rest is not line:
                self._flush(kept, depth)
                self._open(line, rest, None)
            if rest.text:
                kept.append(rest)
        self._flush(kept, depth)

    def item(
        self,
        lines: list[Line],
        depth: int,
        *,
        start: int,
        number: str = "",
        checked: bool | None = None,
    ) -> None:
        """A list item with all lines of its text."""
        self.outline.item(depth)
        if len(lines) == 1 and checked is None and self._names_section(lines[0], depth):
            return
        rest = self._label(lines[0], depth) if checked is None else lines[0]
        if rest is not lines[0]:
            self._open(lines[0], rest, depth)
            start = rest.start
            lines = [rest, *lines[1:]] if rest.text else lines[1:]
            if not lines:
                return
            start = lines[0].start
        markup = "\n".join(line.text for line in lines)
        text, bold = plain(markup).strip(), emphasised(markup)
        span = Span(start, lines[-1].end)
        section, under = self.outline.section, self.outline.under
        self.blocks.append(
            Block(Form.ITEM, text, span, section, under, depth, number, checked, bold=bold)
        )

    def _names_section(self, line: Line, depth: int) -> bool:
        """An item that is nothing but the name of a section is the heading of those below it."""
        if len(line.text) > _LONGEST_HEADING:
            return False
        text = _seen(line.text).strip(":\uff1a ")
        if not text or text[0].islower() or _MORE.search(text):
            return False
        name = canonical_name(text)
        if not name or not self.outline.opens(name, depth):
            return False
        self.outline.label(text, name, depth)
        self._append_heading(LABEL, text, line.start, line.end)
        return True

    def _flush(self, lines: list[Line], depth: int) -> None:
        if lines:
            markup = "\n".join(line.text for line in lines)
            text = plain(markup).strip()
            if text:
                span, bold = Span(lines[0].start, lines[-1].end), emphasised(markup)
                section, under = self.outline.section, self.outline.under
                self.blocks.append(
                    Block(Form.PARAGRAPH, text, span, section, under, depth, bold=bold)
                )
            lines.clear()

    def _label(self, line: Line, depth: int | None) -> Line:
        """What follows a label that opens a section; the line itself where it has none."""
        match = _COLON.match(line.text) if ":" in line.text or "\uff1a" in line.text else None
        markup = match[0][:-1] if match else ""
        if markup[-1:].isdecimal():
            return line  # a time of day
        if not match or not canonical_name(_seen(markup)):
            dashed = _DASHED.match(line.text) if _STRESS.search(line.text, 0, 8) else None
            match, markup = (dashed, dashed["label"]) if dashed else (match, markup)
        if not match or len(markup.split()) > _MOST_WORDS + 2:
            return line
        rest = line.after(match.end())
        open_stress = sum(len(mark) == 2 for mark in _STRESS.findall(markup)) % 2
        if open_stress:
            close = _STRESS.match(rest.text)
            rest = rest.after(close.end() if close else 0)
        name = self._name(_seen(markup), alone=not rest.text and depth is not None)
        if not name or (rest.text and not self.outline.opens(name, depth)):
            return line
        return rest

    def _name(self, label: str, *, alone: bool) -> str:
        """The section that a label opens; the words in it only tell where it stands `alone`."""
        name = canonical_name(label)
        return name or (section_of(label) if alone and not self.outline.section else "")

    def _open(self, line: Line, rest: Line, depth: int | None) -> None:
        length = rest.start - line.start if rest.text else len(line.text)
        markup = line.text[:length].rstrip()
        text = _seen(markup).strip(":\uff1a ")
        if rest.text or depth is not None:
            self.outline.label(text, self._name(text, alone=not rest.text), depth)
        else:
            self.outline.heading(LABEL + min(line.indent, 40) / 50, text)
        self._append_heading(LABEL, text, line.start, line.start + len(markup))

    def _append_heading(self, level: int, text: str, start: int, end: int) -> None:
        section, under = self.outline.section, self.outline.under
        self.blocks.append(Block(Form.HEADING, text, Span(start, end), section, under, level))

    def begins_section(self, line: Line) -> bool:
        """Whether a line is the name of a section, so that no item or sentence goes on in it."""
        text = line.text
        if len(text) > _LONGEST_HEADING or text[0].islower():
            return False
        return bool(canonical_name(_seen(text))) or self._label(line, None) is not line

    def _looks_like_heading(self, line: Line) -> bool:
        text = line.text
        if len(text) > _LONGEST_HEADING + 8:
            return False
        bold = _ALL_BOLD.match(text)
        if bold:
            return not _SENTENCE_END.search(bold["text"].strip())
        if text.count(" ") > 2 * _MOST_WORDS:
            return False
        shown = _seen(text)
        if not shown or shown[0].islower() or _SENTENCE_END.search(shown):
            return False
        if len(shown.split()) > _MOST_WORDS:
            return False
        if canonical_name(shown):
            return True
        return text[-1] in ":\uff1a" and len(shown.split()) < 5 and len(shown) < 40


def signed_heading(text: str) -> str:
    """The words behind a sign that Japanese reports put before headings; "" for an item."""
    words = text.strip(f"{SIGNS}\u3011 \u3000")
    is_short = len(words) <= _LONGEST_SIGNED and not words.endswith("\u3002")
    return words if is_short and (canonical_name(words) or _KANJI.search(words)) else ""


def _seen(markup: str) -> str:
    shown = plain(markup)
    if "*" in shown or "_" in shown:
        shown = _STRESS.sub("", shown)
    return " ".join(shown.split()).strip("*_ ")
