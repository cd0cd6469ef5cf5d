"""Commands whose words may begin with a dash, such as `-word`, which is no option then."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

_GUARD = "\x00"
"""Stands before such a word until the command has it: no argument of a program can hold it."""


class TakesDashes(TyperCommand):
    """One dash begins no option here but `-h`; see `plain`."""

    # Typer's context is that of click, or of its own copy of it: its version tells which.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments, of which words that begin with one dash are guarded."""
        valued = {
            name
            for one in self.get_params(ctx)
            if one.param_type_name == "option" and not getattr(one, "is_flag", False)
            for name in one.opts
        }
        before = ["", *args]
        return super().parse_args(
            ctx,
            [
                _GUARD + word if _is_dashed(word) and last not in valued else word
                for last, word in zip(before, args, strict=False)
            ],
        )


def _is_dashed(word: str) -> bool:
    return len(word) > 1 and word[0] == "-" and word[1] != "-" and word != "-h"


def plain(word: str) -> str:
    """The word as it was given."""
    return word.removeprefix(_GUARD)
