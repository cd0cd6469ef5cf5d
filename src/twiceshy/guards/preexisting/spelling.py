"""Values of a request: others of the same sort, and how one may look in a column."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}:\d\d.*")
_DIGITS = re.compile(r"[+(]?\d[\d .\-/()]*[0-9A-Za-z]?")
_CODE = re.compile(r"[A-Z0-9_-]{1,12}")
_SECRET = re.compile(r"passw|pwd|secret|token|captcha|csrf", re.IGNORECASE)
_LETTERS = "bcdfghjkmnpqrstvwxz"
_FEWEST_DIGITS = 6
_SHORTEST = 4
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def may_vary(name: str, value: str) -> bool:
    """Whether another value would be as good: no secret, no moment, no short code or number."""
    if _SECRET.search(name) or _MOMENT.fullmatch(value) or "://" in value or "{" in value:
        return False
    if _counts(value):
        return True
    return len(value) >= _SHORTEST and not _DIGITS.fullmatch(value) and not _CODE.fullmatch(value)


def is_secret(name: str) -> bool:
    """Whether a column or a value of that name is nobody's key."""
    return bool(_SECRET.search(name))


def look_of(value: str) -> str:
    """The sort of key that a value looks like: an address, an id of so many digits, or none."""
    if _EMAIL.fullmatch(value):
        return "@"
    digits = sum(map(str.isdecimal, value))
    return f"{digits} digits" if _counts(value) and _DIGITS.fullmatch(value) else value


def _counts(value: str) -> bool:
    """Whether there are enough digits for many others: an id, a phone number, a passport."""
    return sum(letter.isdecimal() for letter in value) >= _FEWEST_DIGITS


@lru_cache(maxsize=4096)
def another(value: str, number: int) -> str:
    """The value number `number` of the same sort: e-mail address, id with its check digit, text."""
    if number < 0:
        return value
    noise = hashlib.sha256(f"{number}\0{value}".encode()).digest()
    if _EMAIL.fullmatch(value):
        local, _, domain = value.partition("@")
        return f"{local[:4]}{_letters(noise)}@{domain}"
    if _UUID.fullmatch(value):
        text = noise.hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"
    if _counts(value):
        return _other_digits(value, noise)
    letters = _letters(noise)
    return f"{value} {letters.capitalize()}" if " " in value else f"{value}{letters}"


def _letters(noise: bytes) -> str:
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in noise[:8])


def _other_digits(value: str, noise: bytes) -> str:
    """Other digits in the same places, the first ones apart; a check digit stays right."""
    supply = iter(f"{int.from_bytes(noise[:16]):040d}"[-30:])
    # Country, area and the sort of phone stay what they are.
    kept = sum(map(str.isdecimal, value)) - 6 if value.startswith("+") else 2
    seen = 0
    letters: list[str] = []
    for letter in value:
        if letter.isdecimal():
            seen += 1
            letters.append(letter if seen <= kept else next(supply))
        else:
            letters.append(letter)
    plain = "".join(letters)
    for check in (_rut, _cpf, _dni, _luhn):
        if check(value) == value:
            return check(plain) or plain
    return plain


def _put(value: str, ending: str) -> str:
    """The value with its last letters and digits replaced; separators stay."""
    left = list(ending)
    letters = list(value)
    for place in reversed(range(len(letters))):
        if not left:
            break
        if letters[place].isalnum():
            letters[place] = left.pop()
    return "".join(letters)


def _rut(value: str) -> str | None:
    """A Chilean RUN or RUT: seven or eight digits, then a check digit modulo 11."""
    bare = bare_of(value)
    if "-" not in value or not re.fullmatch(r"\d{7,8}[\dkK]", bare):
        return None
    factors = (2, 3, 4, 5, 6, 7)
    total = sum(int(digit) * factors[place % 6] for place, digit in enumerate(reversed(bare[:-1])))
    return _put(value, "0123456789K0"[11 - total % 11 if total % 11 else 11])


def _cpf(value: str) -> str | None:
    """A Brazilian CPF: nine digits and two check digits."""
    bare = bare_of(value)
    if not re.fullmatch(r"\d{11}", bare):
        return None
    digits = [int(digit) for digit in bare[:9]]
    for _ in range(2):
        length = len(digits) + 1
        total = sum(digit * (length - place) for place, digit in enumerate(digits))
        digits.append(total * 10 % 11 % 10)
    return _put(value, f"{digits[9]}{digits[10]}")


def _dni(value: str) -> str | None:
    """A Spanish DNI: eight digits and a letter."""
    bare = bare_of(value)
    if not re.fullmatch(r"\d{8}[A-Za-z]", bare):
        return None
    return _put(value, _DNI[int(bare[:8]) % 23])


def _luhn(value: str) -> str | None:
    """Any number with a last digit by Luhn's rule, such as a card's."""
    bare = bare_of(value)
    if not bare.isdecimal():
        return None
    total = 0
    for place, digit in enumerate(reversed(bare[:-1])):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 * (doubled > 9)
    return _put(value, str(-total % 10))


def bare_of(value: str) -> str:
    """Letters and digits alone."""
    return "".join(letter for letter in value if letter.isalnum())


def _number(value: str) -> str:
    bare = bare_of(value)
    return str(int(bare)) if bare.isdecimal() else ""


def _hash(algorithm: str, plain: Callable[[str], str], printed: str) -> Callable[[str], str]:
    """How a value looks that is hashed: in hexadecimal, as `bytea`, or in base64."""

    def look(value: str) -> str:
        digest = hashlib.new(algorithm, plain(value).encode(), usedforsecurity=False).digest()
        if printed == "base64":
            return base64.b64encode(digest).decode()
        return f"\\x{digest.hex()}" if printed == "bytes" else digest.hex()

    return look


def _hashes() -> Iterator[tuple[str, Callable[[str], str]]]:
    plains: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("", str),
        (" in lower case", str.lower),
        (" without signs", bare_of),
    )
    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        for what, plain in plains:
            for printed in ("hex", "bytes", "base64"):
                yield f"as {algorithm}{what}, {printed}", _hash(algorithm, plain, printed)


AS_SENT = "as it was sent"
SEEN = "as the plan showed it"
_PLAIN: dict[str, Callable[[str], str]] = {
    AS_SENT: str,
    "in lower case": str.lower,
    "in upper case": str.upper,
    "letters and digits alone": bare_of,
    "letters and digits alone, in lower case": lambda value: bare_of(value).lower(),
    "letters and digits alone, in upper case": lambda value: bare_of(value).upper(),
    "as a number": _number,
    "without its last digit": lambda value: bare_of(value)[:-1],
    "before the @": lambda value: value.partition("@")[0] if "@" in value else "",
}
FORMS: dict[str, Callable[[str], str]] = {**_PLAIN, **dict(_hashes())}
_LONG_ENOUGH = 4


def in_form(value: str, form: str) -> str:
    """How the value looks in that form."""
    return FORMS[form](value)


@lru_cache(maxsize=8192)
def _looks(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for form, make in FORMS.items():
        look = make(value)
        if len(look) >= _LONG_ENOUGH:
            found.setdefault(look, form)
    for look, form in tuple(found.items()):
        found.setdefault(look.casefold(), form)
    return found


def form_of(look: str, value: str) -> str:
    """In which form `look` is `value`, or ""; signs of a pattern do not count."""
    plain = look.strip("%")
    looks = _looks(value)
    return looks.get(plain) or looks.get(plain.casefold()) or ""


def is_hashed(form: str) -> bool:
    """Whether nobody can read the key in this form."""
    return form not in _PLAIN


def before_hashing(value: str, form: str) -> str:
    """What was hashed: where the database hashes its column itself, that stands in the column."""
    if "without signs" in form:
        return bare_of(value)
    return value.lower() if "in lower case" in form else value


def otherwise(value: str) -> tuple[tuple[str, str], ...]:
    """The same key as other people write it: (how, value)."""
    found: dict[str, str] = {}
    if value.upper() != value:
        found["in upper case"] = value.upper()
    if value.lower() != value:
        found["in lower case"] = value.lower()
    bare = bare_of(value)
    if _DIGITS.fullmatch(value):
        if bare != value:
            found["without signs between"] = bare
        else:
            found["with signs between"] = _grouped(value)
    return tuple((how, look) for how, look in found.items() if look != value)


def _grouped(digits: str) -> str:
    """12.345.678-9, or 123.456.789-01 where there are eleven: as forms print such ids."""
    checks = 2 if len(digits) == 11 else 1
    head, check = digits[:-checks], digits[-checks:]
    groups = []
    while head:
        groups.append(head[-3:])
        head = head[:-3]
    return f"{'.'.join(reversed(groups))}-{check}"
