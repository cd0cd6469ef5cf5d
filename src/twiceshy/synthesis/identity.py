"""What makes a planted row recognisable: its ids, its tokens, its amounts. All from its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

# No 0, 1, i, l, o: tokens get read out and retyped.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_ALPHABET = _LETTERS + "23456789"
TOKEN_LENGTH = 10
KEY_RANGE = 1_500_000_000
_TABLES = 6_400  # KEY_RANGE + 100,000 for each of them still fits into four bytes
_SMALL_KEY_RANGE = 20_000


@dataclass(frozen=True, slots=True)
class Identity:
    """The row number `row` (from 1) of the table number `table` (from 1), planted as `plant`."""

    plant: str
    table: int
    row: int

    def integer(self, place: int, attempt: int = 0) -> int:
        """A key that no sequence reaches and that tells its table; fits `integer`.

        `place` is 0 for the primary key, else the column's position, so that columns differ.
        """
        span = 10_000
        offset = (place % 5 + 5 if place else attempt % 5) * span
        number = (self.row + (attempt * 500 if place else 0)) % span
        return KEY_RANGE + 100_000 * (self.table % _TABLES) + offset + number

    def small_integer(self, place: int, attempt: int = 0) -> int:
        """As `integer`, for `smallint`: there is room for 60 tables of 200 rows."""
        row = self.row + 100 * (place % 2) + 50 * attempt
        return _SMALL_KEY_RANGE + 200 * (self.table % 60) + row % 200

    def uuid(self, place: int, attempt: int = 0) -> str:
        """A UUID of version 4's form, recognisable by its beginning."""
        variant = 0x8000 + (place + 64 * attempt) % 0x1000
        return f"7e1ce547-{self.table % 0x10000:04x}-4000-{variant:04x}-{self.row:012x}"

    def token(self, column: str, attempt: int = 0) -> str:
        """Ten lower-case letters and digits that occur nowhere by chance."""
        number = self.number(column, "token", str(attempt))
        places = []
        for _ in range(TOKEN_LENGTH - 2):
            number, place = divmod(number, len(_ALPHABET))
            places.append(_ALPHABET[place])
        return "tw" + "".join(places)

    def amount(self, column: str, digits: int, scale: int) -> str:
        """An unusual positive amount with `digits` before and up to two places after the point."""
        number = self.number(column, "amount")
        whole = 10 ** (digits - 1) + number % (9 * 10 ** (digits - 1))
        if scale == 0:
            return str(whole)
        # No digit after the point is a zero, or one printing would drop what another keeps.
        cents = "".join(str(1 + number // 10**place % 9) for place in (7, 9))
        return f"{whole}.{cents[:scale]}"

    def number(self, *parts: str) -> int:
        """A large number that depends on the plant's name and `parts` alone."""
        text = "\0".join((self.plant, *parts))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])
