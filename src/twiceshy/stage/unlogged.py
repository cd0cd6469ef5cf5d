"""What the log of changes does not tell: sequences and large objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twiceshy.model.schema import quoted
from twiceshy.postgres.connect import query

if TYPE_CHECKING:
    from twiceshy.postgres.connect import Connection


class Unlogged:
    """Remembers, by statements prepared on the session `undo`, how all of it was."""

    def __init__(self, watch: Connection, undo: Connection, major: int) -> None:
        self._watch = watch
        self._undo = undo
        self._major = major
        self._statements: list[str] = []

    @property
    def statements(self) -> tuple[str, ...]:
        """Set sequences back to where they were; the last tells whether large objects still are."""
        return tuple(self._statements)

    def remember(self) -> None:
        """From now on the statements lead back to this moment."""
        self._undo.execute("DEALLOCATE ALL")
        self._statements.clear()
        self._remember_sequences()
        self._remember_large_objects()

    def _remember_sequences(self) -> None:
        now = self._sequences_now()
        rows = self._watch.execute(now).fetchall() if now else []
        if not rows:
            return
        was = ", ".join(f"({number}, {value}, {called})" for number, value, called in rows)
        self._undo.execute(
            "PREPARE twiceshy_sequences AS "
            "SELECT setval(was.id::oid::regclass, was.last_value, was.is_called) "
            f"FROM (VALUES {was}) was(id, last_value, is_called) JOIN ({now}) now USING (id) "
            "WHERE (now.last_value, now.is_called) <> (was.last_value, was.is_called)"
        )
        self._statements.append("EXECUTE twiceshy_sequences")

    def _sequences_now(self) -> str:
        """A query for number, last value and whether it was given out, of each sequence."""
        if self._major >= 18:
            return query("sequences_post_180000")
        found = self._watch.execute(query("sequences")).fetchall()
        return " UNION ALL ".join(
            f"SELECT {number}::bigint AS id, last_value, is_called "
            f"FROM {quoted(schema)}.{quoted(name)}"
            for number, schema, name in found
        )

    def _remember_large_objects(self) -> None:
        (now,) = self._watch.execute(query("large_objects")).fetchone() or (None,)
        self._undo.execute(
            f"PREPARE twiceshy_large_objects AS SELECT ({query('large_objects')})"
            f" IS NOT DISTINCT FROM {'NULL' if now is None else now}"
        )
        self._statements.append("EXECUTE twiceshy_large_objects")
