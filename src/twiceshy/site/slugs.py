"""Names of files for whatever a report calls itself."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_LONGEST = 60
_OTHER = re.compile(r"[^a-z0-9]+")
_PLAIN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")

# Names that a host serves by itself, and those that Windows keeps for devices.
_TAKEN = re.compile(r"index|con|prn|aux|nul|com\d|lpt\d")


def slug(name: str) -> str:
    """A file's name for `name`: letters of ASCII, digits and hyphens; never empty, never a path.

    It depends on nothing but the name, so a link stays when other reports come, and does not
    tell of reports that are left out. Where letters were lost, a hash keeps two names apart.
    """
    if _PLAIN.fullmatch(name) and len(name) <= _LONGEST and not _TAKEN.fullmatch(name):
        return name
    folded = unicodedata.normalize("NFKD", name.casefold())
    words = _OTHER.sub("-", "".join(c for c in folded if not unicodedata.combining(c)))
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{words[:_LONGEST].strip('-')}-{digest}".lstrip("-")
