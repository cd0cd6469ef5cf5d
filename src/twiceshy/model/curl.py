"""A request as a line of `curl` that can be pasted into a shell."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twiceshy.model.scenario import Request

_VARIABLE = re.compile(r"(\$[A-Za-z_][A-Za-z0-9_]*)")
# Active inside double quotes; `!` only at a prompt, which is where people paste.
_ACTIVE = re.compile(r'["\\$`!]')


def curl(request: Request, base: str = "$SERVICE", credentials: str | None = None) -> str:
    """One line that sends `request` again, quoted for a POSIX shell.

    `base` goes before the target. `credentials` are whole header lines, for instance
    `Authorization: Bearer $ANA`. Shell variables in these two are left for the shell to fill in;
    everything that belongs to the request is literal.
    """
    words = ["curl", "-i", *_method(request)]
    if "/." in request.target.partition("?")[0]:
        words.append("--path-as-is")
    if re.search(r"[\[\]{}]", base + request.target):
        words.append("--globoff")
    for line in (credentials or "").splitlines():
        words += ["-H", _quote(*_split(line))]
    for name, value in request.headers:
        words += ["-H", shlex.quote(f"{name}: {value}" if value else f"{name};")]
    words.append(_quote(*_split(base), (request.target, False)))
    if request.body is None:
        return " ".join(words)
    if not any(name.lower() == "content-type" for name, _ in request.headers):
        # Otherwise curl would claim that the body is a form.
        words += ["-H", "'Content-Type:'"]
    return _with_body(words, request.body)


def _method(request: Request) -> list[str]:
    if request.method == "GET" and request.body is None:
        return []
    if request.method == "HEAD":
        # With -X HEAD curl would wait for a body that never comes.
        return ["--head"]
    return ["-X", shlex.quote(request.method)]


def _with_body(words: list[str], body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text:
        return " ".join([*words, "--data-raw", shlex.quote(text)])
    octal = "".join(f"\\{byte:03o}" for byte in body)
    return " ".join(["printf", f"'{octal}'", "|", *words, "--data-binary", "@-"])


def _split(text: str) -> list[tuple[str, bool]]:
    """Pieces of `text`, each with whether it is a shell variable."""
    pieces = _VARIABLE.split(text)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]


def _quote(*pieces: tuple[str, bool]) -> str:
    """One shell word; variables stay alive, all else is literal."""
    if not any(variable for _, variable in pieces):
        return shlex.quote("".join(text for text, _ in pieces))
    if any(_ACTIVE.search(text) for text, variable in pieces if not variable):
        return "".join(f'"{text}"' if live else shlex.quote(text) for text, live in pieces)
    first = [
        f"${{{text[1:]}}}" if live and _runs_on(pieces, place) else text
        for place, (text, live) in enumerate(pieces)
    ]
    return f'"{"".join(first)}"'


def _runs_on(pieces: tuple[tuple[str, bool], ...], place: int) -> bool:
    """Whether the text after a variable would be read as part of its name."""
    after = pieces[place + 1][0] if place + 1 < len(pieces) else ""
    return bool(re.match(r"[A-Za-z0-9_\[]", after))
