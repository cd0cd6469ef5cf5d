"""Preferences as documents: what is kept of them, what is shown, what is downloaded."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from preferences.storage import Preference

Settings = dict[str, Any]


def kept(settings: Settings) -> Any:
    """What the storage is given: the same text as in the file."""
    return _text(settings)


def settings_of(preference: Preference) -> Settings:
    """The settings as they were kept."""
    return preference.settings


def tweaked(preference: Preference, name: str, value: Any) -> Settings:
    """All settings, one of them with another value."""
    return {**settings_of(preference), name: value}


def shown(preference: Preference) -> dict[str, Any]:
    """A preference as answers show it."""
    return {
        "provider": preference.provider,
        "region": preference.region,
        "settings": settings_of(preference),
        "monthly_limit": preference.monthly_limit,
        "note": preference.note,
        "changed_at": preference.changed_at.astimezone(UTC).isoformat(),
    }


def as_json(preference: Preference) -> str:
    """The file that programs read."""
    return _text(settings_of(preference))


def as_lines(preference: Preference) -> str:
    """The file that shells read: a line for each setting."""
    lines = [f"REGION={preference.region or ''}"]
    lines += [f"{name.upper()}={_line(value)}" for name, value in settings_of(preference).items()]
    return "\n".join([*lines, ""])


def _text(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def _line(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
