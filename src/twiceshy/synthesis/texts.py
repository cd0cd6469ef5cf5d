"""Judging text: what a person wrote freely can carry a token, what programs read cannot."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twiceshy.synthesis.identity import Identity

# Words in a column's name that tell of few values, or of text that programs read.
_CODED = frozenset(
    re.findall(
        r"\w+",
        """
        status state kind type role locale lang language currency country region code category
        level tier plan format mode method provider timezone tz gender sex unit color colour
        mime hash password passwd pwd pass salt token secret digest signature sig key url uri
        link href path slug phone mobile fax tel zip postcode postal iban swift bic ip uuid guid
        version checksum etag cursor scope scopes icon avatar image photo picture file filename
        extension priority severity channel source event class algorithm encoding cron schedule
        pattern regex ref reference sku isbn ean vat
        """,
    )
)
# Of these words, those that also name what people write: then a phrase tells.
_LOOSE = frozenset({"ref", "reference", "source", "event", "class", "scope", "image", "photo"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHAPES = re.compile(
    r"""[\[{].*[\]}]                        # JSON, an array
    | \w+://.* | /.* | www\..* | data:.*    # addresses and paths
    | [-+]?[\d.,:/\s()-]+                   # numbers, dates, phone numbers
    | \d{4}-\d\d-\d\d.*
    | \S*\$\S+                              # password hashes
    | (pbkdf2|scrypt|argon2|bcrypt|sha\d*|md5)\b.*
    | [0-9A-Fa-f-]{16,}                     # digests, UUIDs
    | (?=\S*\d)[\w+/=.:-]{20,}              # keys and tokens
    | [A-Z0-9_.-]+                          # CONSTANTS, codes
    | [a-z0-9]+([_:.-][a-z0-9]+)+           # identifiers, slugs, file names
    | \S*\.\w{2,4}                          # file names, host names
    | [a-z]{2}([_-][A-Z]{2})?               # languages, locales
    | \#[0-9a-fA-F]{3,8}
    | true|false|yes|no|null|on|off
    """,
    re.VERBOSE | re.DOTALL,
)
# So many letters at the end change, the beginning stays readable.
_RESHAPED = 12
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def _names(column: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(column)}


def is_free(column: str, sample: str | None) -> bool:
    """Whether text in this column is for people, so that a token in it does no harm."""
    if sample and _EMAIL.fullmatch(sample.strip()):
        return True
    words = _names(column)
    if words & {"email", "mail"} and not sample:
        return True
    if words & _LOOSE and sample and len(sample.split()) > 1:
        return True
    if words & _CODED or not words.isdisjoint({"id", "ids"}):
        return False
    return not (sample and _SHAPES.fullmatch(sample.strip()))


def with_token(column: str, sample: str | None, token: str, limit: int | None) -> str | None:
    """`token` in the shape of the sample; None when not even the token alone fits."""
    forms = [token]
    if sample and _EMAIL.fullmatch(sample.strip()):
        forms = [f"{token}@example.com"]
    elif not sample and _names(column) & {"email", "mail"}:
        forms = [f"{token}@example.com", token]
    elif sample and (sample.split()[1:] or sample[:1].isupper()):
        forms = [f"{sample.split()[0]} {token}", token]
    fitting = [form for form in forms if limit is None or len(form) <= limit]
    return fitting[0] if fitting else None


def fresh_text(
    column: str, sample: str | None, identity: Identity, limit: int | None, attempt: int
) -> str:
    """Text that no other row holds; it keeps the shape of the sample if it has one."""
    token = identity.token(column, attempt)
    if not sample:
        text = with_token(column, None, token, limit) or token
    elif _EMAIL.fullmatch(sample.strip()):
        local, _, domain = sample.strip().partition("@")
        text = f"{local[:8]}.{identity.row}{token[2:5]}@{domain}"
        if limit is not None and len(text) > limit:
            text = _reshaped(sample, identity, column, attempt)
    else:
        text = _reshaped(sample, identity, column, attempt)
    if limit is not None and len(text) > limit:
        text = text[-limit:]
    return text


def _reshaped(sample: str, identity: Identity, column: str, attempt: int) -> str:
    """Other digits for digits, where there are enough, else other letters for letters."""
    number = identity.number(column, "shape", str(attempt))
    # Fewer digits than these would soon repeat.
    letters = sum(character.isdigit() for character in sample) < 4
    width = 6 if re.fullmatch(r"[0-9a-fA-F-]+", sample) else 26
    out: list[str] = []
    for character in reversed(sample):
        number, place = divmod(number, 26)
        if character in string.digits:
            out.append(str(place % 10))
        elif letters and character in string.ascii_letters and len(out) < _RESHAPED:
            first = "a" if character.islower() else "A"
            out.append(chr(ord(first) + place % width))
        else:
            out.append(character)
    return "".join(reversed(out))


def plausible(column: str, token: str) -> tuple[str, ...]:
    """Text for a column of which only the name is known, the most fitting first."""
    words = _names(column)
    named = [text for keys, text in _BY_NAME if words & set(keys.split())]
    rest = ["x", "X", "abc", "ABC", "1", "1234", "a@example.com", "https://example.com/x"]
    rest += ["2024-01-15", "+15550100", "#336699", "en", "EUR", "example.com", "00000000"]
    filled = [text.format(token=token) for text in [*named, "{token}", *rest]]
    return tuple(dict.fromkeys(filled))


_BY_NAME = (
    ("email mail", "{token}@example.com"),
    ("url uri link href website image avatar photo picture", "https://example.com/{token}"),
    ("currency", "EUR"),
    ("country nationality", "ES"),
    ("locale lang language", "en"),
    ("timezone tz", "UTC"),
    ("status state", "active"),
    ("phone mobile tel fax", "+15550100"),
    ("color colour", "#336699"),
    ("zip postcode postal", "28001"),
    ("ip", "192.0.2.1"),
    ("mime", "text/plain"),
    ("role kind type category", "default"),
)
