"""Tells a demo: each example as it is played, then what was seen and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from twiceshy.cli.consoles import is_live, out, page_of, say
from twiceshy.cli.options import Format
from twiceshy.cli.outputs import print_json, progress
from twiceshy.cli.showcase import Shown, chosen, folder, prove_example
from twiceshy.render.demo import demo_lines, example_heading
from twiceshy.render.terminal import Terminal


def show(names: Sequence[str], form: Format, *, verbose: bool) -> tuple[Shown, ...]:
    """Play the examples and tell them; what they came to."""
    wanted = chosen(names)
    if form is Format.JSON:
        with ExitStack() as stack:
            listeners = progress(stack)
            shown = tuple(prove_example(name, listeners) for name in wanted)
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
    return _told(wanted, verbose=verbose)


def _told(wanted: Sequence[str], *, verbose: bool) -> tuple[Shown, ...]:
    console = out()
    page = page_of(console)
    shown = []
    for name in wanted:
        say(console, *example_heading(name, page))
        terminal = Terminal(console, live=is_live(console), verbose=verbose, brief=not verbose)
        with terminal:
            shown.append(prove_example(name, [terminal]))
    rows = [(one.example, one.faulty, one.fixed, one.seconds) for one in shown]
    say(console, *demo_lines(rows, str(folder()), page))
    return tuple(shown)
