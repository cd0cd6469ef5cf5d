"""Bytes of a file into text, in a way that leads back to the same bytes."""

from __future__ import annotations

import codecs
import re

_BY_MARK = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_JAPANESE = ("cp932", "euc_jp")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
UTF_8 = "utf-8"


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of the encoding with which `encoded` makes the same bytes of it.

    A file that is neither UTF-8 nor anything else that can be told is read as UTF-8 with stray
    bytes; each of those is kept as one lone surrogate.
    """
    for mark, name in _BY_MARK:
        if content.startswith(mark) and (text := _exactly(content, name)) is not None:
            return text, name
    try:
        return content.decode(UTF_8), UTF_8
    except UnicodeDecodeError:
        pass
    text = content.decode(UTF_8, errors="surrogateescape")
    stray = sum(1 for letter in text if "\udc80" <= letter <= "\udcff")
    good = sum(1 for letter in text if letter > "\x7f") - stray
    if stray > good:
        for name in (*_JAPANESE, "cp1252"):
            other = _exactly(content, name)
            if other is not None and (name == "cp1252" or len(_KANA.findall(other)) * 4 > stray):
                return other, name
    return text, UTF_8


def encoded(text: str, encoding: str) -> bytes:
    """The bytes that `decoded` has read."""
    return text.encode(encoding, errors="surrogateescape" if encoding == UTF_8 else "strict")


def _exactly(content: bytes, encoding: str) -> str | None:
    """The text, if it leads back to the same bytes."""
    try:
        text = content.decode(encoding)
        return text if text.encode(encoding) == content else None
    except (UnicodeError, ValueError):
        return None
