"""Twelve ways in which what is known elsewhere has kept people out."""

from __future__ import annotations

from mutations.patch import Mutation, Patch
from mutations.signup.generator import KNOWN, LAST, SCHEMA

ACCOUNTS = "signup/accounts.py"
FLUSHED = "    theirs = GuestPurchase.buyer_document == user.personal_id\n"
TABLES_END = "    text text NOT NULL\n);\n"


def named() -> tuple[Mutation, ...]:
    """Each must turn the verdict."""
    return (*_TABLES, *_DEEPER, *_OUTCOMES)


def _sql(query: str, key: str) -> str:
    return (
        "    from sqlalchemy import text\n\n"
        f'    if session.execute(text("""{query}"""), {{"key": {key}}}).first():\n'
        f"        return True\n{LAST}"
    )


def _known(name: str, says: str, query: str, key: str) -> Mutation:
    return Mutation(name, says, (Patch(KNOWN, LAST, _sql(query, key)),))


_TABLES = (
    _known(
        "that-day",
        "guest purchases count as accounts, as on the first day of the campaign",
        "SELECT 1 FROM guest_purchases WHERE buyer_document = :key",
        "personal_id",
    ),
    _known(
        "as-printed",
        "personal ids are looked up as they are printed on invoices",
        "SELECT 1 FROM guest_purchases WHERE buyer_document = :key",
        'f"{personal_id[:3]}.{personal_id[3:6]}.{personal_id[6:9]}-{personal_id[9:]}"',
    ),
    _known(
        "tired",
        "whoever has left the newsletter does not get in",
        "SELECT 1 FROM newsletter WHERE address = :key AND unsubscribed_at IS NOT NULL",
        "email",
    ),
    Mutation(
        "phone",
        "a phone number to which something was delivered belongs to somebody already",
        (
            Patch(
                ACCOUNTS,
                FLUSHED,
                "    from sqlalchemy import text\n\n"
                '    told = text("SELECT 1 FROM deliveries WHERE phone = :phone")\n'
                '    if work.execute(told, {"phone": user.phone}).first():\n'
                f"        abort(409, TAKEN)\n{FLUSHED}",
            ),
        ),
    ),
)

_DEEPER = (
    _known(
        "delivered",
        "a delivery of a guest's purchase makes an account of it",
        "SELECT 1 FROM guest_purchases g JOIN deliveries d ON d.purchase_id = g.id "
        "WHERE g.buyer_document = :key",
        "personal_id",
    ),
    Mutation(
        "two-queries",
        "purchases are found first, then their deliveries",
        (
            Patch(
                KNOWN,
                LAST,
                "    from sqlalchemy import text\n\n"
                '    bought = text("SELECT id FROM guest_purchases WHERE buyer_document = :key")\n'
                '    sent = text("SELECT 1 FROM deliveries WHERE purchase_id = :id")\n'
                '    for found in session.scalars(bought, {"key": personal_id}).all():\n'
                '        if session.execute(sent, {"id": found}).first():\n'
                f"            return True\n{LAST}",
            ),
        ),
    ),
    Mutation(
        "trigger",
        "the database refuses an account for whoever has bought as a guest",
        (
            Patch(
                SCHEMA,
                TABLES_END,
                f"{TABLES_END}\nCREATE FUNCTION no_guests() RETURNS trigger AS $$\n"
                "BEGIN\n    IF EXISTS (SELECT 1 FROM guest_purchases g\n"
                "               WHERE g.buyer_document = NEW.personal_id) THEN\n"
                "        RAISE unique_violation;\n    END IF;\n    RETURN NEW;\n"
                "END $$ LANGUAGE plpgsql;\n\n"
                "CREATE TRIGGER no_guests BEFORE INSERT ON users\n"
                "    FOR EACH ROW EXECUTE FUNCTION no_guests();\n",
            ),
        ),
    ),
    Mutation(
        "peppered",
        "addresses are kept hashed with a secret, and looked up among gift cards",
        (
            Patch(
                KNOWN,
                LAST,
                "    import hashlib\n\n    from sqlalchemy import text\n\n"
                '    digest = hashlib.blake2b(email.encode(), key=b"pepper").hexdigest()\n'
                '    query = text("SELECT 1 FROM gift_cards WHERE recipient_email = :key")\n'
                '    if session.execute(query, {"key": digest}).first():\n'
                f"        return True\n{LAST}",
            ),
        ),
    ),
)

_OUTCOMES = (
    Mutation(
        "crash",
        "the sign-up breaks where somebody has written to support",
        (
            Patch(
                KNOWN,
                LAST,
                "    from sqlalchemy import text\n\n"
                '    query = "SELECT 1 / (id - id) FROM support_tickets WHERE contact = :key"\n'
                '    session.execute(text(query), {"key": email}).first()\n'
                f"{LAST}",
            ),
        ),
    ),
    Mutation(
        "claimed-once",
        "a new account can be given one earlier purchase, not two",
        (
            Patch(
                SCHEMA,
                "    claimed_by bigint REFERENCES users (id)\n",
                "    claimed_by bigint UNIQUE REFERENCES users (id)\n",
            ),
        ),
    ),
    Mutation(
        "welcome-back",
        "guests are welcomed and not saved",
        (
            Patch(
                ACCOUNTS,
                "    work.add(user)\n",
                "    theirs = GuestPurchase.buyer_document == user.personal_id\n"
                "    if work.scalar(select(GuestPurchase.id).where(theirs)):\n"
                "        user.id = 0\n        return user, 0\n    work.add(user)\n",
            ),
        ),
    ),
    Mutation(
        "race",
        "whoever is a moment later than somebody with the same id gets an error",
        (Patch(ACCOUNTS, "    except IntegrityError:\n", "    except ZeroDivisionError:\n"),),
    ),
)
