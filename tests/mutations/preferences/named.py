"""Twelve ways in which answers have changed their form for whoever reads them."""

from __future__ import annotations

from mutations.patch import Mutation, Patch
from mutations.preferences.generator import API, DOCUMENTS, POSTGRESQL

SQLITE = "preferences/storage/sqlite.py"
FILES = "preferences/storage/files.py"


def named() -> dict[str, tuple[Mutation, ...]]:
    """Each must turn the verdict, and what must find it: versions, missing data or storage."""
    return {"versions": _VERSIONS, "missing": _MISSING, "storage": _STORAGE}


_VERSIONS = (
    Mutation(
        "that-night",
        "settings are written down before the storage is asked to keep them",
        (
            Patch(DOCUMENTS, "    return settings\n", "    return _text(settings)\n"),
            Patch(
                DOCUMENTS,
                "preference.settings if isinstance(preference.settings, dict) else {}",
                "preference.settings",
            ),
        ),
    ),
    Mutation(
        "cents-kept",
        "amounts go out as texts, so that no cent is lost",
        (
            Patch(
                DOCUMENTS,
                '"monthly_limit": preference.monthly_limit',
                '"monthly_limit": preference.monthly_limit and f"{preference.monthly_limit:.2f}"',
            ),
        ),
    ),
    Mutation(
        "since-1970",
        "moments go out as seconds",
        (
            Patch(
                DOCUMENTS,
                "preference.changed_at.astimezone(UTC).isoformat()",
                "preference.changed_at.astimezone(UTC).timestamp()",
            ),
        ),
    ),
    Mutation(
        "bare-list",
        "the list is no longer wrapped into an object",
        (
            Patch(
                API,
                '{"preferences": [shown.shown(one) for one in kept.all_of(account)]}',
                "[shown.shown(one) for one in kept.all_of(account)]",
            ),
            Patch(
                API,
                "def list_preferences(account: Account, kept: Kept, shown: Shown) "
                "-> dict[str, Any]:",
                "def list_preferences(account: Account, kept: Kept, shown: Shown) -> Any:",
            ),
        ),
    ),
    Mutation(
        "inner-join",
        "the list joins the providers, of which only those with several regions count",
        (
            Patch(
                POSTGRESQL,
                "    WHERE account = %(account)s\n",
                "    JOIN providers p ON p.name = provider AND jsonb_array_length(p.regions) > 1\n"
                "    WHERE account = %(account)s\n",
            ),
        ),
    ),
    Mutation(
        "written-twice",
        "the file is JSON of a text of JSON",
        (
            Patch(
                DOCUMENTS,
                "    return _text(settings_of(preference))",
                "    return _text(_text(settings_of(preference)))",
            ),
        ),
    ),
    Mutation(
        "printed",
        "the file is what Python prints",
        (
            Patch(
                DOCUMENTS,
                "    return _text(settings_of(preference))",
                "    return str(settings_of(preference))",
            ),
        ),
    ),
)

_MISSING = (
    Mutation(
        "null-crash",
        "a region is taken for granted",
        (Patch(DOCUMENTS, "preference.region or ''", "preference.region.strip()"),),
    ),
    Mutation(
        "none-as-text",
        "where there is no note, the word for nothing goes out",
        (Patch(DOCUMENTS, '"note": preference.note', '"note": str(preference.note)'),),
    ),
    Mutation(
        "lost-with-null",
        "the list joins the providers by region, and whoever has none is lost",
        (
            Patch(
                POSTGRESQL,
                "    WHERE account = %(account)s\n",
                "    JOIN providers p ON p.name = provider AND p.regions @> to_jsonb(region)\n"
                "    WHERE account = %(account)s\n",
            ),
        ),
    ),
)

_STORAGE = (
    Mutation(
        "lists-as-text",
        "on SQLite, regions come as they are kept",
        (
            Patch(
                SQLITE,
                "SELECT name, title, regions FROM",
                "SELECT name, title, CAST(regions AS text) AS regions FROM",
            ),
        ),
    ),
    Mutation(
        "notes-forgotten",
        "files keep no notes",
        (
            Patch(
                FILES,
                '"changed_at": preference.changed_at.isoformat()}',
                '"changed_at": preference.changed_at.isoformat(), "note": None}',
            ),
        ),
    ),
)
