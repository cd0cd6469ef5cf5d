"""Tells a demo: each example as it is played, then what was seen and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from twiceshy.cli.consoles import is_live, out, page_of, say
from twiceshy.cli.gallery import Gallery, gallery
from twiceshy.cli.options import Format
from twiceshy.cli.outputs import print_json, progress
from twiceshy.cli.showcase import Shown, all_played, chosen, conclude, folder
from twiceshy.render.demo import demo_lines, example_heading
from twiceshy.render.terminal import Terminal


def show(
    names: Sequence[str], form: Format, *, verbose: bool, site: Path | None = None
) -> tuple[Shown, ...]:
    """Play the examples and tell them; what they came to. Pages of their reports go to `site`."""
    wanted = chosen(names)
    with gallery(wanted, site) as pages:
        if form is Format.JSON:
            return _as_json(wanted, pages)
        return _told(wanted, pages, verbose=verbose)


def _as_json(wanted: Sequence[str], pages: Gallery) -> tuple[Shown, ...]:
    with ExitStack() as stack:
        listeners = [*progress(stack), *pages.listeners]
        proofs = stack.enter_context(all_played(wanted))
        shown = tuple(conclude(name, events, listeners) for name, events in proofs)
    if pages.to is not None:
        pages.pages()
    print_json(
        [
            {
                "example": one.example,
                "faulty": one.faulty.value,
                "fixed": one.fixed.value,
                "seconds": one.seconds,
            }
            for one in shown
        ]
    )
    return shown


def _told(wanted: Sequence[str], pages: Gallery, *, verbose: bool) -> tuple[Shown, ...]:
    console = out()
    page = page_of(console)
    shown = []
    with all_played(wanted) as proofs:
        for name, events in proofs:
            say(console, *example_heading(name, page))
            terminal = Terminal(console, live=is_live(console), verbose=verbose, brief=not verbose)
            with terminal:
                shown.append(conclude(name, events, [terminal, *pages.listeners]))
    rows = [(one.example, one.faulty, one.fixed, one.seconds) for one in shown]
    say(console, *demo_lines(rows, str(folder()), page))
    where = pages.pages()
    if where:
        say(console, "", where)
    return tuple(shown)
