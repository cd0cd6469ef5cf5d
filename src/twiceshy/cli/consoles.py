"""Where the command writes: verdicts to standard output, everything about itself to the other."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from twiceshy.errors import TwiceshyError
from twiceshy.render.marks import Page, marks_for
from twiceshy.render.problem import problem


class Pipe(Console):
    """A console that ends quietly when its reader has gone away (`twiceshy run | head`)."""

    def on_broken_pipe(self) -> NoReturn:
        """End as if by SIGPIPE; rich's own 1 would say that something recurs."""
        quiet_pipe()
        raise SystemExit(141)


def quiet_pipe() -> None:
    """Let Python's last flush of standard output go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def out() -> Console:
    """The console for verdicts."""
    return Pipe(highlight=False, markup=False, emoji=False)


def err() -> Console:
    """The console for errors and, when verdicts are for a program, progress."""
    return Pipe(stderr=True, highlight=False, markup=False, emoji=False)


def is_live(console: Console) -> bool:
    """Whether somebody watches: a moving picture fills the log of a build with rubbish."""
    return console.is_terminal and not console.is_dumb_terminal and not os.environ.get("CI")


def page_of(console: Console) -> Page:
    """What fits the console."""
    return Page(min(console.width, 110), marks_for(console))


def tell(error: TwiceshyError) -> None:
    """An error on standard error, by its anatomy."""
    console = err()
    for line in problem(error, page_of(console), Path.cwd()):
        console.print(line, soft_wrap=True)


def say(console: Console, *lines: Text | str) -> None:
    """Lines as they are: no markup is read in them, and none is wrapped."""
    for line in lines:
        console.print(line if isinstance(line, Text) else Text(line), soft_wrap=True)
