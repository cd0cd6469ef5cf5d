"""Reports that nobody wrote, in several languages, as many as one likes; always the same ones."""

from __future__ import annotations

import datetime
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SERVICES = ("payments", "orders", "search", "mail", "ledger", "login", "stock", "export")
_TABLES = ("orders", "users", "deposits", "entries", "sessions", "prices", "carts", "mails")
_PEOPLE = ("ana", "ben", "carla", "deniz", "emil", "farah", "goro", "hana")
_TAGS = ("migration", "release", "peak", "night", "partner", "cache", "queue", "index")
_CAUSES = {
    "en": (
        "a migration took an exclusive lock on the table {table} while traffic went on",
        "two workers handled the same message at once, so entries of {table} were duplicated",
        "the connection pool of {service} was exhausted by a slow query without an index",
        "the query for {table} lacked its filter, so people saw rows that belong to others",
        "a time-out of the upstream provider was retried without a limit",
        "a missing row in {table} made the response come back in the wrong format",
    ),
    "es": (
        "una migración tomó un bloqueo exclusivo sobre la tabla {table} con tráfico en curso",
        "la consulta de {table} no tenía filtro y mostraba filas ajenas",
        "se agotó el grupo de conexiones de {service} por una consulta lenta",
    ),
    "pt": (
        "uma migração bloqueou a tabela {table} durante o horário de pico",
        "o tempo limite do fornecedor foi repetido sem limite em {service}",
    ),
    "fr": (
        "une migration a verrouillé la table {table} pendant le trafic",
        "le délai du fournisseur a été dépassé et {service} a réessayé sans limite",
    ),
    "de": (
        "eine Migration sperrte die Tabelle {table} während des Verkehrs",
        "der Speicher von {service} war erschöpft, weil ein Zwischenspeicher nie geleert wurde",
    ),
    "it": ("una migrazione ha bloccato la tabella {table} durante il traffico",),
    "ja": ("移行スクリプトが {table} テーブルを排他ロックし、{service} の書き込みが停止した",),
}
_WORDS = {
    "en": ("Outage of", "Summary", "was not available to users for", "minutes", "Root cause",
           "The cause was that", "Impact", "users saw errors", "Timeline", "Alert fired",
           "Users could work again", "Action items", "Add a test for", "Detection",
           "An alert of the monitoring told us"),
    "es": ("Caída de", "Resumen", "no estuvo disponible para los usuarios durante", "minutos",
           "Causa raíz", "La causa fue que", "Impacto", "usuarios vieron errores", "Cronología",
           "Saltó la alerta", "Servicio restablecido", "Acciones", "Añadir una prueba para",
           "Detección", "Una alerta del monitoreo nos avisó"),
    "pt": ("Queda de", "Resumo", "ficou indisponível para os usuários por", "minutos",
           "Causa raiz", "A causa foi que", "Impacto", "usuários viram erros", "Linha do tempo",
           "Alerta disparou", "Serviço restabelecido", "Ações", "Adicionar um teste para",
           "Detecção", "Um alerta do monitoramento nos avisou"),
    "fr": ("Panne de", "Résumé", "n'était pas disponible pour les utilisateurs pendant", "minutes",
           "Cause racine", "La cause était que", "Impact", "utilisateurs ont vu des erreurs",
           "Chronologie", "Alerte déclenchée", "Service rétabli", "Actions",
           "Ajouter un test pour", "Détection", "Une alerte de la surveillance nous a prévenus"),
    "de": ("Ausfall von", "Zusammenfassung", "war nicht erreichbar, und zwar",
           "Minuten", "Ursache", "Die Ursache war:", "Auswirkungen", "Benutzer sahen Fehler",
           "Zeitachse", "Alarm ausgelöst", "Dienst wiederhergestellt", "Maßnahmen",
           "Einen Test schreiben für", "Erkennung", "Ein Alarm der Überwachung meldete es"),
    "it": ("Interruzione di", "Riepilogo", "non era disponibile agli utenti per", "minuti",
           "Causa principale", "La causa era che", "Impatto", "utenti hanno visto errori",
           "Cronologia", "Allarme scattato", "Servizio ripristinato", "Azioni",
           "Aggiungere un test per", "Rilevamento", "Un allarme del monitoraggio ci ha avvisati"),
    "ja": ("障害報告:", "概要", "が利用者に提供できなかった時間", "分", "根本原因",
           "原因は次のとおり。", "影響", "人の利用者にエラーが表示された", "タイムライン",
           "アラートが発報", "サービス復旧",
           "アクションアイテム", "次のテストを追加する:", "検知", "監視のアラートで検知した"),
}  # fmt: skip
QUERIES = (
    "lock", "dep", "payments", "exclusive lock", "migr", "a", "outage of or", "time-out",
    "caída", "caida de pa", "bloqueo", "Überwachung", "uberw", "résumé", "verrou", "サービス",
    "排他ロック", "障", "復旧", "pool", "filter", "users", "index", "the cause was that",
    "ledger alert", "sessions", "ana", "format", "tabela", "wrong format", "retried", "mails ben",
)  # fmt: skip


def write_reports(folder: Path, count: int) -> float:
    """Writes them, in folders by year; the mean size in bytes."""
    dice = random.Random(7)
    total = 0
    for number in range(count):
        language = dice.choices(list(_WORDS), weights=(45, 20, 10, 8, 8, 4, 5))[0]
        day = datetime.date(2014, 1, 1) + datetime.timedelta(days=dice.randrange(4600))
        text = _report(dice, language, day).encode()
        place = folder / str(day.year)
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{day.isoformat()}-{number:05d}.md").write_bytes(text)
        total += len(text)
    return total / count


def _report(dice: random.Random, language: str, day: datetime.date) -> str:
    words = _WORDS[language]
    service, other = dice.sample(_SERVICES, 2)
    table = dice.choice(_TABLES)
    length = dice.randrange(8, 170)
    start = datetime.datetime.combine(day, datetime.time(dice.randrange(1, 19), dice.randrange(60)))
    causes = [cause.format(table=table, service=service) for cause in _CAUSES[language]]
    cause = dice.choice(causes)
    owner, second = dice.sample(_PEOPLE, 2)
    due = day + datetime.timedelta(days=dice.randrange(7, 90))
    top = ""
    if dice.random() < 0.7:
        top = (
            f'+++\ntitle = "{words[0]} {service}"\ndate = {day}\n'
            f'severity = "sev{dice.randrange(1, 5)}"\n'
            f'status = "published"\nservices = ["{service}", "{other}"]\n'
            f'tags = ["{dice.choice(_TAGS)}"]\n+++\n\n'
        )
    guard = ""
    if dice.random() < 0.3:
        guard = f'\n```toml guard\nkind = "command"\nrun = "pytest tests/test_{table}.py"\n```\n'
    minutes = sorted(dice.sample(range(1, length + 1), min(5, length)))
    events = "\n".join(
        f"- {start + datetime.timedelta(minutes=at):%H:%M} UTC {dice.choice(causes).capitalize()}."
        for at in minutes
    )
    return (
        f"{top}# {words[0]} {service}, {day}\n\n## {words[1]}\n\n{service} {words[2]} {length} "
        f"{words[3]}. {words[5]} {cause}. `{table}`\n\n## {words[6]}\n\n{dice.randrange(20, 9000)} "
        f"{words[7]}; {other}.\n\n## {words[13]}\n\n{words[14]}.\n\n"
        f"## {words[4]}\n\n{words[5]} {cause}."
        f"\n{guard}\n## {words[8]}\n\n- {start:%H:%M} UTC {words[9]}\n{events}\n"
        f"- {start + datetime.timedelta(minutes=length):%H:%M} UTC {words[10]}\n\n"
        f"## {words[11]}\n\n"
        f"- [{dice.choice(' x')}] {words[12]} {table} (@{owner}, due {due})\n"
        f"- [ ] {words[12]} {service} (@{second})\n"
    )
