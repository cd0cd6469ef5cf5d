r"""The format of a ledger, version 1.

A ledger is a file, or a folder with one file for each process of a run.

    file      b"twiceshy ledger\n", version u16, then frames; zeros after the last: room to grow
    frame     length of the payload u16, kind u8, 0xA5, payload, CRC-32 of all that u32

Numbers are little-endian. Times are nanoseconds since the run began (u64); the head says when that
was. Frames are only ever appended. Their kinds, and what the payload holds:

    1 head      JSON (UTF-8): what was sent, which share of the run this file holds, and when;
                there may be several before the first intent, which add to each other
    2 intents   each: number u32, amount i64, planned u64, length of the key u8, key (UTF-8)
    3 retried   number u32, attempt u16, began u64
    4 attempts  each: number u32, attempt u16, outcome u8, detail u8, status u16, began u64,
                ended u64; outcome and detail are places in OUTCOMES and DETAILS below, from 0
    5 unsent    each: number u32, planned u64
    6 closed    planned u32, cancelled u32

A reader stops at the first frame that is not whole: cut off, of an unknown kind, or with a wrong
CRC. Frames are stored into mapped memory, so they are in the file as soon as they are written, also
when the process is killed at its next instruction. A power failure may lose the last of them, for
nothing is synced before the end. An intent stands in the file before its request is sent, and so
does a further attempt; what became of them follows within milliseconds.
"""

from __future__ import annotations

from struct import Struct
from zlib import crc32

from twiceshy.model.ledger import Detail, Outcome

MAGIC = b"twiceshy ledger\n"
VERSION = 1
START = Struct("<16sH")
FRAME = Struct("<HBB")
MARK = 0xA5
CRC = Struct("<I")
SUFFIX = ".ledger"

HEAD, INTENTS, RETRIED, ATTEMPTS, UNSENT, CLOSED = range(1, 7)

INTENT = Struct("<IqQB")
RETRY = Struct("<IHQ")
ATTEMPT = Struct("<IHBBHQQ")
NOT_SENT = Struct("<IQ")
END = Struct("<II")

LONGEST = 0xFFFF
"""Bytes in the payload of a frame."""
LONGEST_KEY = 0xFF

OUTCOMES = (Outcome.NOT_SENT, Outcome.REJECTED, Outcome.UNKNOWN, Outcome.ACKED)
DETAILS = (
    Detail.ANSWERED,
    Detail.ANSWERED_TO_CLOSE,
    Detail.NOT_ACCEPTED,
    Detail.UNREADABLE,
    Detail.REFUSED,
    Detail.NO_CONNECTION_IN_TIME,
    Detail.CLOSED,
    Detail.RESET,
    Detail.CUT,
    Detail.CUT_BY_RESET,
    Detail.SILENT,
    Detail.SLOW,
    Detail.GARBAGE,
    Detail.SWITCHED,
    Detail.GIVEN_UP,
)
"""Their places are their numbers in the file: new ones are added at the end."""
OUTCOME_CODES = {outcome: place for place, outcome in enumerate(OUTCOMES)}
DETAIL_CODES = {detail: place for place, detail in enumerate(DETAILS)}


def frame(kind: int, payload: bytes) -> bytes:
    """A whole frame."""
    whole = FRAME.pack(len(payload), kind, MARK) + payload
    return whole + CRC.pack(crc32(whole))
