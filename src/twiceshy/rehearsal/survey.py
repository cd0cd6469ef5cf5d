"""Learning, before the first scenario, what requests read and write and whose rows are whose."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from twiceshy.errors import CannotTell, ConfigurationError, StageLost
from twiceshy.model.history import NoReply
from twiceshy.model.ownership import Edge, Ownership
from twiceshy.model.scenario import Step
from twiceshy.model.survey import ActorFacts, Likeness, RequestFacts, Slot, Survey
from twiceshy.rehearsal.bindings import bind
from twiceshy.rehearsal.likeness import likeness
from twiceshy.rehearsal.telltale import telltales

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from twiceshy.model.history import Observation
    from twiceshy.model.scenario import RequestTemplate
    from twiceshy.model.schema import Catalogue, QName
    from twiceshy.model.survey import Row
    from twiceshy.rehearsal.scene import Scene

_MOST_HOLDINGS = 20_000
_OWNER = re.compile(r"\s*([\w.]+)\.(\w+)\s*=\s*([\w.]+)\.(\w+)\s*")
_PASSES = 3


class Surveyor:
    """Makes the survey for one guard; `survey` holds it when `learn` is through."""

    survey: Survey

    def __init__(
        self,
        scene: Scene,
        actors: Sequence[str],
        templates: Sequence[tuple[RequestTemplate, Mapping[str, str]]],
        owners: Sequence[str] = (),
        *,
        named: bool = True,
        values: Sequence[str] | None = None,
    ) -> None:
        self._scene = scene
        self._names = actors
        # Who sends the requests: nobody, where it needs no login.
        self._sender = actors[0] if actors else None
        self._named = named
        self._templates = templates
        self._catalogue: Catalogue = scene.stage.catalogue
        self._values_sought = values
        self._implicit = [_edge(text, self._catalogue) for text in owners]

    def learn(self) -> Iterator[str]:
        """Ask every request once or a few times, telling what takes long.

        Raises ConfigurationError for actors, rows or columns that do not exist.
        """
        if self._scene.caches:
            # What the guard before this one asked must not be remembered.
            yield from self._scene.restart()
        yield "learning what the requests read"
        self._own_rows = {name: self._scene.rows_of(name) for name in self._names}
        self._check_identities()
        self._ownership = self._make_ownership()
        facts = []
        for template, bindings in self._templates:
            facts.append((yield from self._bound(template, bindings)))
        for _ in range(_PASSES):
            before = facts
            facts = []
            for fact in before:
                seen, fact_now = self._ask(fact)
                yield from self._scene.rewind()
                if fact_now.problem and seen is not None:
                    yield from self._scene.restart()
                facts.append(fact_now)
                if seen is not None:
                    yield from self._find_owners(fact_now, seen)
            if [f.reads | f.writes for f in facts] == [f.reads | f.writes for f in before]:
                break
        self._scene.stage.planter.know(self._ownership)
        self.survey = Survey(
            catalogue=self._catalogue,
            ownership=self._ownership,
            actors={name: self._actor(name) for name in self._names},
            requests=tuple(facts),
            holdings={
                table: self._holdings(table)
                for table in (*self._ownership.owned_tables, *self._ownership.actor_tables)
            },
            login_tables=self._scene.login_tables,
            likeness=self._likeness(),
        )

    def _likeness(self) -> Likeness:
        if self._values_sought is None:
            return Likeness()
        return likeness(self._catalogue, self._scene.rows, self._values_sought)

    def _check_identities(self) -> None:
        """Raise CannotTell where actors are not who the configuration says: all would be wrong."""
        for name, other in permutations(self._names, 2):
            if self._own_rows[name] and self._own_rows[name] == self._own_rows[other]:
                raise CannotTell(
                    f"{name} and {other} are the same row, so neither is somebody else",
                    where=f"actors.{name}.row and actors.{other}.row",
                    todo="give each actor the row that its login belongs to",
                )
            if self._logs_in_as(name, other) and not self._logs_in_as(name, name):
                raise CannotTell(
                    f"{name} logs in as the row of {other}",
                    where=f"actors.{name}.row and actors.{name}.login",
                    seen=f"logging in {name} wrote a row that points at the row of {other}",
                    todo="are the rows of the two swapped, or the logins?",
                )

    def _logs_in_as(self, name: str, other: str) -> bool:
        """Whether logging in `name` wrote a row of `other`, or a new row that points at one.

        That an old row changed, which points there, may be the doing of something else just then.
        """
        for change in self._scene.login_changes.get(name, ()):
            new = change.new or {}
            for table, row in self._own_rows[other]:
                key = self._catalogue.table(table).primary_key
                if change.table == table and all(new.get(k) == row.get(k) for k in key):
                    return True
                if change.operation != "insert":
                    continue
                facts = self._catalogue.by_name.get(change.table)
                for reference in facts.foreign_keys if facts else ():
                    values = [new.get(column) for column in reference.columns]
                    wanted = [row.get(column) for column in reference.parent_columns]
                    if reference.parent == table and values == wanted:
                        return True
        return False

    # -- whose rows are whose -----------------------------------------------------------------

    def _make_ownership(self) -> Ownership:
        tables = dict.fromkeys(table for rows in self._own_rows.values() for table, _ in rows)
        return Ownership(self._catalogue, tuple(tables), tuple(self._implicit))

    def _find_owners(self, facts: RequestFacts, seen: Observation) -> Iterator[str]:
        """Columns that met one actor's key in their request and another's in the other's request.

        So a table belongs to somebody although no foreign key says so.
        """
        if len(self._names) < 2:
            return
        suspects = list(self._unowned_keys(self._names[0], seen))
        if not suspects:
            return
        other, _ = self._ask(facts, self._names[1])
        yield from self._scene.rewind()
        if other is None:
            return
        confirmed = set(suspects) & set(self._unowned_keys(self._names[1], other))
        for table, column, parent, key in sorted(confirmed):
            self._implicit.append(Edge(table, (column,), parent, (key,)))
        if confirmed:
            self._ownership = self._make_ownership()

    def _unowned_keys(
        self, actor: str, seen: Observation
    ) -> Iterator[tuple[QName, str, QName, str]]:
        owned = {*self._ownership.owned_tables, *self._ownership.actor_tables}
        for statement in seen.statements:
            for compared in statement.comparisons:
                if compared.table in owned or compared.operator != "=":
                    continue
                if compared.table not in self._catalogue.by_name:
                    continue
                for parent, row in self._own_rows[actor]:
                    for key in self._catalogue.table(parent).primary_key:
                        if row.get(key) == compared.value:
                            yield compared.table, compared.column, parent, key

    def _actor(self, name: str) -> ActorFacts:
        rows = list(self._own_rows[name])
        for table in self._ownership.insertion_order(self._ownership.one_to_one):
            for parent, row in self._own_rows[name]:
                found = self._owned_row(table, parent, row)
                if found is not None:
                    rows.append((table, found))
        return ActorFacts(name, tuple(rows), self._scene.client.header_of(name))

    def _owned_row(self, table: QName, parent: QName, row: Row) -> Row | None:
        condition = self._ownership.owner_condition(table, parent, self._selects(parent, row))
        return self._scene.first_row(table, condition)

    def _selects(self, table: QName, row: Row) -> str:
        key = self._catalogue.table(table).primary_key or tuple(row)
        parts = [
            f'"{name}"::text = ' + "'" + str(row[name]).replace("'", "''") + "'"
            for name in key
            if row.get(name) is not None
        ]
        return "(" + (" AND ".join(parts) or "false") + ")"

    def _holdings(self, table: QName) -> dict[tuple[str | None, ...], str]:
        key = self._catalogue.table(table).primary_key
        found: dict[tuple[str | None, ...], str] = {}
        if not key:
            return found
        for name in self._names:
            for parent, row in self._own_rows[name]:
                condition = self._ownership.owner_condition(
                    table, parent, self._selects(parent, row)
                )
                for held in self._scene.rows(table, condition, _MOST_HOLDINGS):
                    found.setdefault(tuple(held[column] for column in key), name)
        return found

    # -- what requests do ---------------------------------------------------------------------

    def _bound(
        self, template: RequestTemplate, bindings: Mapping[str, str]
    ) -> Generator[str, None, RequestFacts]:
        """Which columns its slots mean: as written, by their names, or else by watching."""
        slots, unbound = bind(template, self._catalogue, self._ownership, bindings)
        facts = RequestFacts(template, slots, named=self._named)
        sought = [name for name in unbound if name not in bindings]
        if sought and len(sought) == len(unbound):
            found = yield from self._watched(facts, sought)
            unbound = {name: unbound[name] for name in sought if name not in found}
            facts = replace(facts, slots=(*slots, *found.values()))
        problem = next(iter(unbound.values()), None)
        return replace(facts, problem=str(problem) if problem else None)

    def _watched(
        self, facts: RequestFacts, names: Sequence[str]
    ) -> Generator[str, None, dict[str, Slot]]:
        """The columns that values like no other meet in place of these slots."""
        found: dict[str, Slot] = {}
        for telltale in telltales(names):
            values = self._values(facts, self._sender)
            if isinstance(values, str):
                break
            request = facts.template.fill({**values, **telltale.values})
            seen = self._scene.perform(Step(self._sender, facts.template), request)
            found.update({slot.name: slot for slot in telltale.met(seen, self._catalogue)})
            yield from self._scene.rewind()
            if isinstance(seen.answer, NoReply):
                yield from self._scene.restart()
            if len(found) == len(names) or isinstance(seen.answer, NoReply):
                break
        return found

    def _ask(
        self, facts: RequestFacts, actor: str | None = None
    ) -> tuple[Observation | None, RequestFacts]:
        """Send a request as `actor`, with rows of theirs in every table known to matter."""
        if facts.problem is not None:
            return None, facts
        actor = actor or self._sender
        values = self._values(facts, actor)
        if isinstance(values, str):
            return None, replace(facts, problem=values)
        step = Step(actor, facts.template)
        seen = self._scene.perform(step, facts.template.fill(values))
        tables = {table for statement in seen.statements for table in statement.reads}
        written = {table for statement in seen.statements for table in statement.writes}
        answer = seen.answer
        if isinstance(answer, NoReply):
            return seen, replace(facts, problem=self._no_answer(answer.says))
        return seen, replace(
            facts,
            reads=facts.reads | tables,
            writes=facts.writes | written | {change.table for change in seen.changes},
            compared=tuple(c for s in seen.statements for c in s.comparisons),
            status=answer.status,
        )

    def _no_answer(self, says: str) -> str:
        problem = f"no answer when it was first asked: {says}"
        try:
            self._scene.stage.check_service(patience=0.2)
        except StageLost as lost:
            problem += f"\n{lost}"
        return problem

    def _values(self, facts: RequestFacts, actor: str | None) -> dict[str, str] | str:
        values: dict[str, str] = {}
        known = list(self._own_rows.get(actor or "", ()))
        for slot in facts.slots:
            row = self._some_row(slot, actor, known)
            value = row.get(slot.column) if row else None
            if row is None or value is None:
                return f"no row of {slot.table} could be found or planted for {{{slot.name}}}"
            known.append((slot.table, row))
            values[slot.name] = value
        return values

    def _some_row(
        self, slot: Slot, actor: str | None, known: Sequence[tuple[QName, Row]]
    ) -> Row | None:
        """A row of the actor for a slot: one that is there, else one that we plant.

        `known` are rows that the actor has already; what is planted hangs on those.
        """
        for parent, row in known:
            if parent == slot.table:
                return row
        for parent, row in self._own_rows.get(actor or "", ()):
            found = self._owned_row(slot.table, parent, row)
            if found is not None:
                return found
        if actor is None or slot.table not in self._ownership.owned_tables:
            return self._scene.first_row(slot.table, "true")
        return self._scene.plant_for(actor, slot.table, self._ownership, known)


def _edge(text: str, catalogue: Catalogue) -> Edge:
    """`deposits.user_id = users.id` as an edge; ConfigurationError when it names nothing."""
    found = _OWNER.fullmatch(text)
    child = found and catalogue.find(found[1])
    parent = found and catalogue.find(found[3])
    if (
        not found
        or not child
        or not parent
        or found[2] not in child.column_names
        or found[4] not in parent.column_names
    ):
        raise ConfigurationError(
            "An owner must read like `deposits.user_id = users.id`, with names of the database",
            key="owners",
            seen=text,
        )
    return Edge(child.name, (found[2],), parent.name, (found[4],))
