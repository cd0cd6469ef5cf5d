"""Pieces of SQL that several remedies are made of."""

from __future__ import annotations

from dataclasses import dataclass

TIMEOUT = "SET lock_timeout = '300ms';"
"""The line in front of whatever asks for a strong lock."""
BATCH = 1000
"""Rows of one transaction when many are to be changed."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What to run instead, one statement after the other, and why that is better.

    `alone` tells that they cannot run inside of a transaction block.
    """

    says: str
    statements: tuple[str, ...]
    alone: bool = False


def bare(name: str) -> str:
    """The last part of a name, without quotes, to make other names of."""
    return name.rpartition(".")[2].strip('"')


def named(*parts: str) -> str:
    """A new name made of others, in quotes where it needs them, no longer than a name may be."""
    name = "_".join(bare(part) for part in parts)[:60]
    plain = name.replace("_", "").isalnum() and name == name.lower() and not name[:1].isdigit()
    return name if plain else f'"{name}"'


def in_batches(table: str, key: str, change: str, condition: str = "") -> str:
    """A change of all rows, a thousand at a time in the order of the key, each batch committed.

    `change` begins with UPDATE table SET ... or DELETE FROM table, without its WHERE.
    """
    also = f"\n      AND ({condition})" if condition else ""
    return f"""DO $$
DECLARE
  batch_from {table}.{key}%TYPE;
  batch_to {table}.{key}%TYPE;
BEGIN
  SELECT {key} INTO batch_from FROM {table} ORDER BY {key} LIMIT 1;
  WHILE batch_from IS NOT NULL LOOP
    SELECT {key} INTO batch_to FROM {table}
      WHERE {key} > batch_from ORDER BY {key} OFFSET {BATCH - 1} LIMIT 1;
    {change}
      WHERE {key} >= batch_from AND (batch_to IS NULL OR {key} < batch_to){also};
    COMMIT;
    batch_from := batch_to;
  END LOOP;
END $$;"""


def kept_up_to_date(table: str, column: str, expression: str) -> tuple[str, ...]:
    """A trigger that fills a column of every row that is written from now on."""
    name = named(table, column)
    body = f"$$ BEGIN NEW.{column} := {expression}; RETURN NEW; END $$"
    on = f"BEFORE INSERT OR UPDATE ON {table}"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS\n  {body};",
        f"CREATE TRIGGER {name} {on}\n  FOR EACH ROW EXECUTE FUNCTION {name}();",
    )


def not_null(table: str, column: str) -> tuple[str, ...]:
    """NOT NULL whose proof is a validated CHECK, so that no lock is held while rows are read."""
    name = named(table, column, "present")
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID;",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
        f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;",
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )
