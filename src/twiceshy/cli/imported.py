"""Tells what was imported: for people as it goes, for programs at the end."""

from __future__ import annotations

from typing import Any

from twiceshy.cli.options import Format
from twiceshy.model.postmortem import Reading


class Telling:
    """One output for all texts; `single` when exactly one file was named."""

    def __init__(self, form: Format, *, single: bool) -> None:
        self._form = form
        self._single = single
        self._documents: list[dict[str, Any]] = []
        self._counts = [0, 0]

    def tell(self, name: str, text: str, reading: Reading, files: tuple[str, ...]) -> None:
        """One text: what it says, and which files became of it."""
        self._counts[0] += len(reading.postmortems)
        self._counts[1] += not reading.postmortems
        if self._form is Format.JSON:
            from twiceshy.render.reading import reading_to_plain

            document = {"path": name, **reading_to_plain(reading)}
            if files:
                document["files"] = list(files)
            self._documents.append(document)
            return
        from twiceshy.cli.consoles import out, page_of, say
        from twiceshy.render.imported import imported

        console = out()
        say(console, *imported(name, text, reading, files, page_of(console)))

    def end(self) -> None:
        """What is told only once all is known."""
        if self._form is Format.JSON:
            from twiceshy.cli.outputs import print_json

            documents = self._documents
            print_json(documents[0] if self._single else {"texts": documents})
        elif not self._single:
            from twiceshy.cli.consoles import out, say

            reports, refused = self._counts
            say(out(), f"{reports} report{'' if reports == 1 else 's'}, {refused} refused")
