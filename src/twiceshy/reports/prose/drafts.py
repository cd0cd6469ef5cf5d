"""A first guard block for a kind, with what a report tells; the rest is left to be filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twiceshy.reports.prose.document import Document

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_REQUEST = re.compile(
    rf"\b({'|'.join(_METHODS)})\s+`?(?:https?://[^\s/`'\"]{{1,200}})?(/[\w\-./{{}}:~%]*)"
)
_PATH = re.compile(r"`(/(?:[\w\-{}:]+/?){1,8})(?:\?[^`\s]*)?`")
_SCRIPT = re.compile(r"(?<![\w/.-])((?:[\w.-]+/){0,8}[\w.-]+\.sql)\b")
_STATEMENT = re.compile(
    r"\b((?:ALTER TABLE|CREATE (?:UNIQUE )?INDEX|VACUUM FULL|LOCK TABLE|UPDATE|DELETE FROM|"
    r"TRUNCATE|REINDEX|CLUSTER|OPTIMIZE TABLE)\s+[\w\".]{1,80})",
)
# A word of which each statement has one; looked for much faster than the whole.
_CHANGES = ("ALTER", "CREATE", "VACUUM", "LOCK", "UPDATE", "DELETE", "TRUNCATE", "REINDEX",
            "CLUSTER", "OPTIMIZE")  # fmt: skip
_TABLE = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|table|tabla|tabela|tabella|Tabelle)\s+(?:IF NOT EXISTS\s+)?"
    r"[`\"']?(?:public\.)?([a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z_]+(?=[`\"']))"
    r"|[`\"']([a-z][a-z0-9_]{2,60})[`\"']\s+(?:table|tabla|tabela|tabella|Tabelle)\b"
)
_PER = re.compile(
    r"(?=\d)(?<!\w)(\d{1,3}(?:[.,]\d{3})+|\d{2,7})\s+(?:requests|transactions|orders|messages|users|sign-?ups|"
    r"solicitudes|transacciones|pedidos|requisições|requêtes|Anfragen|richieste)\s+"
    r"(?:per|a|an|in (?:one|an)|each|por|par|pro|al)\s+(second|minute|hour|day|segundo|minuto|hora|"
    r"dia|día|seconde|heure|Sekunde|Stunde|secondo|ora)\b",
    re.IGNORECASE,
)
_UNITS = {"s": "s", "m": "min", "h": "h", "o": "h", "d": "d"}
_COMMANDS = (
    ("nginx", "nginx -t"),
    ("apache", "apachectl configtest"),
    ("httpd", "apachectl configtest"),
    ("haproxy", "haproxy -c -f haproxy.cfg"),
    ("terraform", "terraform validate"),
    ("helm", "helm lint"),
    ("docker-compose", "docker compose config --quiet"),
    ("docker compose", "docker compose config --quiet"),
)
_PHP = re.compile(r"(?<![\w/.-])((?:[\w.-]+/){0,8}[\w-]+\.php)\b")
_MIGRATION_TOOLS = (
    ("alembic", "alembic upgrade head"),
    ("flyway", "flyway migrate"),
    ("liquibase", "liquibase update"),
    ("rails", "bin/rails db:migrate"),
    ("django", "python manage.py migrate"),
    ("prisma", "prisma migrate deploy"),
)
_MIGRATES = re.compile(r"migrati|migraci|migraç|migrazion|マイグレーション", re.IGNORECASE)
_MOST = 5
_LONGEST = 400_000


def draft_of(kind: str, document: Document, because: Sequence[str]) -> str:
    """The content of a guard block of that kind, as TOML with comments on what to fill in."""
    text = document.original[document.part.start : document.part.end][:_LONGEST]
    lines = [f'kind = "{kind}"', *_DRAFTS[kind](text, document)]
    if because:
        lines.insert(0, f"# Drafted because the report says: {_short(because[0])}")
    return "\n".join(lines) + "\n"


def _isolation(text: str, _: Document) -> Iterator[str]:
    requests = _requests(text)
    if requests:
        yield f"requests = {_list(requests)}  # found in the text; add what else shows such data"
    else:
        yield 'requests = "all"  # better: the requests that showed it, such as "GET /orders/{id}"'
    yield 'as = "ana"  # an actor of the configuration: who sends the requests'
    yield 'against = "ben"  # another actor: whose rows must not matter to the first'


def _preexisting(text: str, _: Document) -> Iterator[str]:
    tables = _tables(text)
    if tables:
        yield f"# Tables that the text names: {', '.join(tables)}."
    yield f"request = {_quoted(_first_write(text))}  # the legitimate request that failed"
    yield 'json = { email = "new@example.com" }  # its body, with the key that was there already'
    yield "expect = { status = 201 }  # what it must answer, whatever rows other tables hold"


def _contract(text: str, _: Document) -> Iterator[str]:
    requests = _requests(text) or ["GET /"]
    note = "found in the text" if requests != ["GET /"] else "fill in: whose answers changed"
    yield f"requests = {_list(requests)}  # {note}"
    yield 'baseline = "git:main"  # fill in: the last version whose answers were right'


def _conservation(text: str, _: Document) -> Iterator[str]:
    yield f"request = {_quoted(_first_write(text))}  # what must be kept when it was answered"
    yield 'json = { id = "{key}" }  # its body; {key} becomes unique in each request'
    rate = _rate(text)
    if rate.startswith("peak"):
        yield 'peak = "3000/h"  # fill in: the highest rate that was seen'
    yield f"rate = {_quoted(rate)}  # arrivals at the peak"
    yield 'duration = "10s"'
    recorded = 'recorded = "SELECT id FROM fill_in"  # lists the keys of what was processed'
    yield recorded.replace("fill_in", next(iter(_tables(text)), "fill_in"))


def _locks(text: str, _: Document) -> Iterator[str]:
    statement = _STATEMENT.search(text) if any(map(text.__contains__, _CHANGES)) else None
    if statement:
        yield f"# The text has the statement: {_short(' '.join(statement[1].split()))}"
    yield _changed(text)
    tables, requests = _tables(text), _requests(text)
    rows = ", ".join(f"{table} = 1000000" for table in tables)
    if rows:
        yield f"rows = {{ {rows} }}  # fill in: how many rows they have in production"
    else:
        yield "# rows = { orders = 40000000 }  # how many rows its tables have in production"
    if requests:
        yield f"traffic = {_list(requests)}  # found in the text: what must not wait"
    yield 'blocked = "200ms"  # how long a query beside it may wait'


def _changed(text: str) -> str:
    """What changed the database: a script that the text names, or its tool for migrations."""
    script = _SCRIPT.search(text) if ".sql" in text else None
    if script is not None:
        return f"script = {_quoted(script[1])}  # found in the text"
    lower = text.casefold()
    for tool, command in _MIGRATION_TOOLS:
        if tool in lower:
            return f"command = {_quoted(command)}  # must use {{database_url}}"
    if _MIGRATES.search(text):
        return 'migrations = "migrations"  # fill in: the folder of the SQL files'
    return 'script = "db/change.sql"  # fill in: the script that ran, or its queries'


def _command(text: str, _: Document) -> Iterator[str]:
    php = _PHP.search(text) if ".php" in text else None
    lower = text.casefold()
    run = next((command for name, command in _COMMANDS if name in lower), "")
    if php and "syntax" not in run and not run.startswith("nginx"):
        yield f"# The text names {php[1]}: `php -l {php[1]}` checks its syntax."
    note = "checks the configuration" if run else "fill in: what shows that the setting is right"
    yield f"run = {_quoted(run or 'sh checks/configuration.sh')}  # {note}"


_DRAFTS: dict[str, Callable[[str, Document], Iterator[str]]] = {
    "isolation": _isolation,
    "preexisting": _preexisting,
    "contract": _contract,
    "conservation": _conservation,
    "locks": _locks,
    "command": _command,
}


def _requests(text: str) -> list[str]:
    """Requests that the text names, with their method; bare paths in code count as GET."""
    named: list[str] = []
    if any(map(text.__contains__, _METHODS)):
        named = [f"{found[1]} {found[2].rstrip('.:')}" for found in _REQUEST.finditer(text)]
    if not named:
        named = [f"GET {found[1]}" for found in _PATH.finditer(text)]
    return list(dict.fromkeys(named))[:_MOST]


def _first_write(text: str) -> str:
    named = _requests(text)
    return next((request for request in named if not request.startswith("GET ")), "POST /fill-in")


def _tables(text: str) -> list[str]:
    names = (found[1] or found[2] for found in _TABLE.finditer(text))
    return list(dict.fromkeys(names))[:_MOST]


def _rate(text: str) -> str:
    said = _PER.search(text)
    if said is None:
        return "peak x 3"
    number = re.sub(r"\D", "", said[1])
    return f"{number}/{_UNITS[said[2][0].lower()]}"


def _quoted(text: str) -> str:
    """A TOML string."""
    safe = "".join(c for c in text if c.isprintable()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(_quoted(text) for text in texts)}]"


def _short(text: str) -> str:
    """A sentence for a comment: one line, printable, not endless."""
    line = "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))
    return line if len(line) <= 160 else line[:157].rstrip() + "..."
