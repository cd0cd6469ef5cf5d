"""Owner, due date and priority of a task, as they stand beside or inside its text."""

from __future__ import annotations

import re

_DETAILS = re.compile(r"\s*[(\[（](?P<inside>[^()\[\]（）]{1,200})[)\]）]\s*(?P<stop>[.;]?)$")
_AT = re.compile(r"(?<![\w.@/])@([A-Za-z][\w.-]{0,60})")
_OWNER = re.compile(
    r"(?:^|[\s(\[,;|—–-])(?:owner|assignee|assigned to|responsible|responsable|respons[aá]vel|"
    r"responsabile|encargad[oa]|verantwortlich|zuständig|担当者?)\s*[:=：]\s*"
    r"(?P<owner>@?[^\W\d_][^,;|()\[\]\n:]{0,60}?)(?=\s*(?:[,;|)\]\n]|\.?$|\b(?:due|by|"
    r"priority)\b))",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"(?:^|[\s(\[,;|—–-])(?:due(?: date| by| on)?|deadline|by|eta|target|vence|plazo|fecha límite|"
    r"para el|prazo|até|échéance|pour le|avant le|fällig(?: am)?|bis(?: zum)?|frist|scadenza|entro"
    r"(?: il)?|期限)\s*[:=：]?\s*"
    r"(?P<due>\d{4}-\d{2}-\d{2}|\d{4}[/.]\d{1,2}[/.]\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|"
    r"(?:end of )?q[1-4](?:[ /]\d{4})?|\d{1,2}\.? [^\W\d_]{3,10}\.?,? \d{4}|"
    r"[^\W\d_]{3,10} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|(?:end of|next) (?:week|month|quarter|sprint|"
    r"year)|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}月\d{1,2}日)",
    re.IGNORECASE,
)
_PRIORITY = re.compile(
    r"(?:^|[\s(\[])(?:(?P<level>[Pp][0-5])(?=[)\]:,\s]|$)|(?:priority|prioridad|prioridade|"
    r"priorité|priorität|priorità|優先度)\s*[:=：]?\s*(?P<named>[^\s,;()\[\]]{1,20})|"
    r"(?P<before>high|medium|low|critical)[ -]priority)",
    re.IGNORECASE,
)
_ONLY_DETAILS = re.compile(
    r"@[A-Za-z][\w.-]*|due\b|owner\b|deadline\b|by \d|vence\b|prazo\b|échéance\b|fällig\b|bis \d|"
    r"scadenza\b|responsable\b|respons[aá]vel\b|verantwortlich\b|期限|担当|eta\b|assigned\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:\s+@[A-Za-z][\w.-]*)?\s+due:?\s+\d{4}-\d{2}-\d{2}[\s.;,]*$|\s+@[A-Za-z][\w.-]*[\s.;,]*$"
)
# Cheap looks before the costly ones above.
_SAYS_OWNER = re.compile(r"[:=：]")
_SAYS_WHEN = re.compile(r"\d|[Nn]ext |[Ee]nd of")
_SAYS_PRIORITY = re.compile(r"[Pp][0-5]|riori|優先")
_CLOSING = (")", "]", "）")
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def owner_in(text: str) -> str | None:
    """Who is named as the owner of a task, without `@`; several with commas between."""
    said = _OWNER.search(text) if _SAYS_OWNER.search(text) else None
    if said is not None:
        return said["owner"].strip().removeprefix("@") or None
    names = list(dict.fromkeys(_AT.findall(text)))
    return ", ".join(name.rstrip(".") for name in names) or None


def due_in(text: str) -> str | None:
    """When a task is due: an ISO date where it is one, else as it is written."""
    said = _DUE.search(text) if _SAYS_WHEN.search(text) else None
    return iso(said["due"]) if said is not None else None


def priority_in(text: str) -> str | None:
    """Which priority is stated, as it is written."""
    said = _PRIORITY.search(text) if _SAYS_PRIORITY.search(text) else None
    if said is None:
        return None
    return next(part for part in (said["level"], said["named"], said["before"]) if part)


def iso(written: str) -> str:
    """A date that is written with its year first as ISO, any other text as it is."""
    written = " ".join(written.split())
    date = _ISO.fullmatch(written)
    if date is None:
        return written
    return f"{date[1]}-{int(date[2]):02d}-{int(date[3]):02d}"


def without_details(text: str) -> str:
    """The text of a task without a closing bracket that only holds owner, due date, priority."""
    if "@" in text or "due" in text:
        text = _TAIL.sub("", text)
    if text[-2:].rstrip(" .;")[-1:] not in _CLOSING:
        return text
    details = _DETAILS.search(text)
    if details is None or not _ONLY_DETAILS.search(details["inside"]):
        return text
    kept = text[: details.start()].rstrip()
    return kept + details["stop"] if kept else text
