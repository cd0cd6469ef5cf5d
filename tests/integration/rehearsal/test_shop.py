"""The maintenance script of the example `shop`, changed a little: badly, and harmlessly."""

from __future__ import annotations

import pytest
from tests.integration.rehearsal.scripts import rehearsed
from tests.integration.rehearsal.shop import FAULTY, SAFE, SCHEMA

from twiceshy.model.verdict import Value

VACUUM, REINDEX = "VACUUM (ANALYZE) orders;", "REINDEX TABLE CONCURRENTLY products;"
INDEX = "CREATE INDEX CONCURRENTLY orders_placed_at_idx ON orders (placed_at);"
TIMEOUT = "SET lock_timeout = '300ms';"

WRONG = {
    "full": SAFE.replace(VACUUM, "VACUUM (FULL, ANALYZE) orders;"),
    "clustered": SAFE.replace(VACUUM, "CLUSTER orders USING orders_pkey;"),
    "reindexed": SAFE.replace(REINDEX, "REINDEX TABLE orders;"),
    "one index": SAFE.replace(REINDEX, "REINDEX INDEX orders_customer_id_idx;"),
    "plain index": SAFE.replace(INDEX, INDEX.replace("CONCURRENTLY ", "")),
    "no patience": SAFE.replace(TIMEOUT, "") + "\nALTER TABLE products ADD COLUMN rank int;\n",
    "much patience": SAFE.replace("300ms", "1min") + "\nDROP INDEX orders_customer_id_idx;\n",
    "bulk": SAFE + "\nUPDATE orders SET status = 'sent' WHERE status = 'paid';\n",
    "checked": SAFE + "\nALTER TABLE orders ADD CHECK (total_cents >= 0);\n",
    "asleep": SAFE + "\nBEGIN; LOCK TABLE products; SELECT pg_sleep(0.5); COMMIT;\n",
    "broken": SAFE + "\nALTER TABLE orders DROP COLUMN status;\n",
}
HARMLESS = {
    "as it is": SAFE,
    "shorter patience": SAFE.replace("300ms", "150ms"),
    "more memory": SAFE.replace("64MB", "128MB"),
    "another order": SAFE.replace(VACUUM, "") + "\n" + VACUUM + "\n",
    "one index": SAFE.replace(REINDEX, "REINDEX INDEX CONCURRENTLY orders_pkey;"),
    "another column": SAFE.replace("(placed_at)", "(total_cents)"),
    "statistics": SAFE + "\nCREATE STATISTICS s ON customer_id, status FROM orders;\nANALYZE;\n",
    "a new table": SAFE
    + "\nCREATE TABLE old AS SELECT * FROM orders;\nCREATE INDEX ON old (id);\n",
    "one row": SAFE + "\nUPDATE orders SET status = 'sent' WHERE id = 7;\n",
    "checked later": SAFE
    + "\nALTER TABLE orders ADD CONSTRAINT c CHECK (total_cents >= 0) NOT VALID;"
    "\nALTER TABLE orders VALIDATE CONSTRAINT c;\n",
    "a column": SAFE + "\nALTER TABLE products ADD COLUMN rank int DEFAULT 0;\n",
}


def _values(folder, scripts):
    found = rehearsed(folder, scripts, schema=SCHEMA)
    return {name: conclusion.value for name, conclusion in found.items()}


def test_the_script_of_that_day_is_named_with_its_lock(tmp_path):
    """Statement, line, table, lock, queries that waited, and what to do instead, which holds."""
    found = rehearsed(tmp_path, {"faulty": FAULTY}, schema=SCHEMA)["faulty"]
    assert (found.value, found.blocks, found.queues) == (Value.RECURS, True, True)
    first = found.findings[0]
    assert first.sql == "VACUUM FULL orders"
    assert FAULTY.splitlines()[first.line - 1] == "VACUUM FULL orders;"
    assert (first.relation, first.mode) == ("orders", "AccessExclusiveLock")
    assert first.waiting
    blocking = [each for each in found.findings if each.harm == "blocks"]
    instead = "\n".join(each.remedy.text for each in blocking)
    assert _values(tmp_path, {"instead": instead}) == {"instead": Value.HOLDS}


def test_variants_of_the_script(tmp_path):
    """Two of each, the others at leisure."""
    wrong, harmless = ("plain index", "much patience"), ("as it is", "checked later")
    scripts = {f"wrong {name}": WRONG[name] for name in wrong}
    scripts |= {f"harmless {name}": HARMLESS[name] for name in harmless}
    values = _values(tmp_path, scripts)
    assert {name for name, value in values.items() if value is Value.HOLDS} == {
        f"harmless {name}" for name in harmless
    }


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_every_wrong_variant_recurs(tmp_path):
    """Each keeps somebody waiting, or breaks something."""
    values = _values(tmp_path, WRONG)
    assert {name for name, value in values.items() if value is not Value.RECURS} == set()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_every_harmless_variant_holds(tmp_path):
    """None of them is in anybody's way."""
    values = _values(tmp_path, HARMLESS)
    assert {name for name, value in values.items() if value is not Value.HOLDS} == set()
