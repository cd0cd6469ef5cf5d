"""Twelve changes after which everybody gets in as before."""

from __future__ import annotations

from mutations.patch import Mutation, Patch
from mutations.signup.generator import KNOWN, LAST, SCHEMA

ACCOUNTS = "signup/accounts.py"
SERVER = "signup/server.py"
ADDED = "    return user, work.execute(mine).rowcount\n"
ANSWER = '            "earlier_purchases": earlier,\n'
TABLES_END = "    text text NOT NULL\n);\n"
HEALTH = '    @app.get("/health")\n'


def harmless() -> tuple[Mutation, ...]:
    """None may turn the verdict."""
    return (*_LOOKED_AT, *_MORE_WRITTEN, *_TOLD)


def _before_last(name: str, says: str, code: str) -> Mutation:
    return Mutation(name, says, (Patch(KNOWN, LAST, code + LAST),))


def _after(name: str, says: str, statement: str, *more: Patch) -> Mutation:
    values = {"id": "user.id", "email": "user.email", "document": "user.personal_id"}
    told = ", ".join(
        f'"{name}": {value}' for name, value in values.items() if f":{name}" in statement
    )
    code = (
        "    from sqlalchemy import text\n\n    given = work.execute(mine).rowcount\n"
        f'    work.execute(text("""{statement}"""), {{{told}}})\n    return user, given\n'
    )
    return Mutation(name, says, (Patch(ACCOUNTS, ADDED, code), *more))


_LOOKED_AT = (
    _before_last(
        "counted",
        "purchases are counted, for a log",
        "    from sqlalchemy import text\n\n"
        '    query = text("SELECT count(*) FROM guest_purchases WHERE buyer_document = :key")\n'
        '    session.scalar(query, {"key": personal_id})\n',
    ),
    _before_last(
        "everything-read",
        "the newsletter's readers are read, for a log",
        "    from sqlalchemy import text\n\n"
        '    len(session.scalars(text("SELECT address FROM newsletter")).all())\n',
    ),
    Mutation(
        "constraint-only",
        "nobody looks first: the accounts' unique constraints decide",
        (Patch(KNOWN, LAST, "    return same is None\n"),),
    ),
    Mutation(
        "any-case",
        "addresses of accounts are compared in lower case",
        (
            Patch(
                KNOWN,
                "User.email == email)",
                "func.lower(User.email) == email.lower())",
            ),
            Patch(KNOWN, "import or_, select", "import func, or_, select"),
        ),
    ),
)

_MORE_WRITTEN = (
    _after(
        "confirmed",
        "who signs up has confirmed the newsletter",
        "UPDATE newsletter SET confirmed = true WHERE address = :email",
    ),
    _after(
        "gift",
        "who has bought before gets a gift card",
        "INSERT INTO gift_cards (code, recipient_email, amount) SELECT 'FOR-' || id, :email, 5 "
        "FROM guest_purchases WHERE buyer_document = :document LIMIT 1",
    ),
    _after(
        "left",
        "who signs up needs no newsletter any more",
        "DELETE FROM newsletter WHERE address = :email",
    ),
    _after(
        "noted",
        "each sign-up is noted",
        "INSERT INTO sign_ups (account, email, document) VALUES (:id, :email, :document)",
        Patch(
            SCHEMA,
            TABLES_END,
            f"{TABLES_END}\nCREATE TABLE sign_ups (account bigint, email text, document text,\n"
            "    at timestamptz NOT NULL DEFAULT clock_timestamp());\n",
        ),
    ),
)

_TOLD = (
    Mutation(
        "regular",
        "the answer says whether somebody has bought before",
        (Patch(ACCOUNTS, ANSWER, f'{ANSWER}            "regular": earlier > 0,\n'),),
    ),
    Mutation(
        "thanks",
        "only who has bought before is thanked",
        (
            Patch(
                ACCOUNTS,
                ANSWER,
                f'{ANSWER}            **({{"thanks": {{"for": earlier}}}} if earlier else {{}}),\n',
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
                "    @app.after_request\n    def numbered(answer):\n"
                "        import datetime\n        import uuid\n\n"
                '        answer.headers["X-Request-Id"] = uuid.uuid4().hex\n'
                '        answer.headers["X-Time"] = datetime.datetime.now().isoformat()\n'
                f"        return answer\n\n{HEALTH}",
            ),
        ),
    ),
    Mutation(
        "slow",
        "some answers take a twentieth of a second longer",
        (
            Patch(
                SERVER,
                HEALTH,
                "    @app.before_request\n    def slow():\n"
                "        import random\n        import time\n\n"
                f"        time.sleep(random.choice([0, 0, 0, 0.05]))\n\n{HEALTH}",
            ),
        ),
    ),
)
