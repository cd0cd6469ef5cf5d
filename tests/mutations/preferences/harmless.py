"""Twelve changes after which whoever reads the answers notices nothing."""

from __future__ import annotations

from mutations.patch import Mutation, Patch
from mutations.preferences.generator import API, DOCUMENTS, POSTGRESQL

SERVER = "preferences/server.py"
HEALTH = '    @app.get("/health")\n'
AT_ONCE = 'json.dumps(value, indent=2) + "\\n"'


def harmless() -> tuple[Mutation, ...]:
    """None may turn the verdict."""
    return (*_VALUES, *_QUERIES, *_AROUND)


_VALUES = (
    Mutation(
        "other-order",
        "the note comes first",
        (
            Patch(DOCUMENTS, '        "note": preference.note,\n', ""),
            Patch(
                DOCUMENTS,
                '        "provider": preference.provider,\n',
                '        "note": preference.note,\n        "provider": preference.provider,\n',
            ),
        ),
    ),
    Mutation(
        "dense-file",
        "the file has no line breaks",
        (Patch(DOCUMENTS, AT_ONCE, 'json.dumps(value, separators=(",", ":"))'),),
    ),
    Mutation(
        "rounded",
        "limits have one decimal",
        (
            Patch(
                DOCUMENTS,
                '"monthly_limit": preference.monthly_limit',
                '"monthly_limit": preference.monthly_limit and round(preference.monthly_limit, 1)',
            ),
        ),
    ),
    Mutation(
        "elsewhere",
        "moments are told in the time of Lagos",
        (
            Patch(
                DOCUMENTS,
                "preference.changed_at.astimezone(UTC)",
                "preference.changed_at.astimezone(timezone(timedelta(hours=1)))",
            ),
            Patch(DOCUMENTS, "import UTC\n", "import UTC, timedelta, timezone\n"),
        ),
    ),
    Mutation(
        "shorter-titles",
        "providers are called by the first word of their title",
        (Patch(API, '"title": one.title', '"title": one.title.partition(" ")[0]'),),
    ),
)

_QUERIES = (
    Mutation(
        "latest-first",
        "the list is ordered by moment",
        (Patch(POSTGRESQL, "    ORDER BY provider\n", "    ORDER BY changed_at DESC, provider\n"),),
    ),
    Mutation(
        "through-a-cte",
        "the query is written in two steps",
        (
            Patch(
                POSTGRESQL,
                "    FROM preferences\n    WHERE account = %(account)s\n    ORDER",
                "    FROM (SELECT * FROM preferences WHERE account = %(account)s) mine\n    ORDER",
            ),
        ),
    ),
    Mutation(
        "left-join",
        "the list joins the providers, for a log",
        (
            Patch(
                POSTGRESQL,
                "    WHERE account = %(account)s\n    ORDER",
                "    LEFT JOIN providers p ON p.name = provider\n"
                "    WHERE account = %(account)s\n    ORDER",
            ),
        ),
    ),
    Mutation(
        "looked-at",
        "before a preference is written, it is read",
        (
            Patch(
                POSTGRESQL,
                "        self._run(PUT,",
                "        self.one(preference.account, preference.provider)\n        self._run(PUT,",
            ),
        ),
    ),
)

_AROUND = (
    Mutation(
        "created",
        "what is written is answered with 201",
        (
            Patch(
                API,
                '@preferences.put("/preferences/{provider}")',
                '@preferences.put("/preferences/{provider}", status_code=201)',
            ),
        ),
    ),
    Mutation(
        "request-id",
        "each answer has an id of its own, and its time",
        (
            Patch(
                SERVER,
                HEALTH,
                '    @app.middleware("http")\n    async def numbered(request, call_next):\n'
                "        import datetime\n        import uuid\n\n"
                "        answer = await call_next(request)\n"
                '        answer.headers["X-Request-Id"] = uuid.uuid4().hex\n'
                '        answer.headers["X-Time"] = datetime.datetime.now().isoformat()\n'
                f"        return answer\n\n{HEALTH}",
            ),
        ),
    ),
    Mutation(
        "slow",
        "some answers take a little longer",
        (
            Patch(
                SERVER,
                HEALTH,
                '    @app.middleware("http")\n    async def slow(request, call_next):\n'
                "        import asyncio\n        import random\n\n"
                "        await asyncio.sleep(random.choice([0, 0, 0, 0.02]))\n"
                f"        return await call_next(request)\n\n{HEALTH}",
            ),
        ),
    ),
)
