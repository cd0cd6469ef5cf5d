"""Which things can be missing, and what may become of an answer then."""

from __future__ import annotations

import pytest

from twiceshy.guards.contract.missing import Known, is_kept, missing
from twiceshy.model.history import Comparison, Join, Observation, Run, Statement
from twiceshy.model.ownership import Ownership
from twiceshy.model.scenario import Change, Clear, RequestTemplate
from twiceshy.model.schema import Catalogue, Column, ForeignKey, QName, Table, UniqueKey
from twiceshy.model.survey import RequestFacts, Survey
from twiceshy.model.verdict import Value
from unit.guards.contract.histories import (
    AUTHORS,
    LIST,
    NOTES,
    ROWS,
    World,
    reply,
    spec,
    survey,
)

GUARD = spec(missing=True)
NOTE = {"id": 7, "title": "a title", "stars": 3, "author": {"name": "Ada"}}
THINGS = QName("public", "things")


def names(columns, **more):
    """The names of the states of a table with these columns."""
    key = (UniqueKey("things_pkey", ("id",), primary=True),)
    keys = more.pop("unique_keys", ())
    table = Table(THINGS, (Column("id", "bigint", "int8"), *columns), (*key, *keys), **more)
    catalogue = Catalogue((table,))
    known = Known({}, {(THINGS, "document"): '{"a": 1}'})
    whole = Survey(catalogue, Ownership(catalogue, ()))
    return [one.name for one in missing(GUARD, whole, (THINGS,), known, frozenset({"things.slot"}))]


@pytest.mark.parametrize(
    ("column", "states"),
    [
        (Column("x", "text", "text", not_null=True), ["empty text"]),
        (Column("x", "text", "text"), ["NULL", "NULL in every other row", "empty text"]),
        (Column("x", "jsonb", "jsonb", not_null=True), ["{}", "[]", "null"]),
        (Column("x", "integer[]", "_int4", "array", not_null=True), ["{}"]),
        (Column("x", "boolean", "bool", not_null=True), []),
        (Column("x", "numeric(4,1)", "numeric", not_null=True), ["0", "999.9", "-999.9"]),
        (Column("x", "numeric(2,2)", "numeric", not_null=True), ["0", "0.99", "-0.99"]),
        (Column("x", "smallint", "int2", not_null=True), ["0", "-32768", "32767"]),
        (Column("x", "double precision", "float8", not_null=True), ["0", "1e30"]),
        (Column("x", "text", "text", generated=True), []),
        (Column("slot", "text", "text"), []),
    ],
)
def test_what_can_be_missing_of_a_column(column, states):
    """Every value that means nothing, as far as the column's type allows it."""
    assert names([column]) == ["no things", *(f"things.{column.name} = {s}" for s in states)]


def test_a_text_that_holds_documents_can_be_cut_off():
    """What it holds is known from the rows that are there."""
    found = names([Column("document", "text", "text", not_null=True)])
    assert found[1:4] == [
        "things.document = empty text", "things.document = {}", "things.document = []",
    ]  # fmt: skip
    assert "which is no JSON" in found[4]


def test_what_must_be_unique_is_changed_in_one_row_only():
    """Where no row is known there is no such state; NULL may stand in all of them."""
    unique = (UniqueKey("things_x_key", ("x",)),)
    found = names([Column("x", "text", "text")], unique_keys=unique)
    assert found == ["no things", "things.x = NULL", "things.x = NULL in every other row"]
    authors = survey().catalogue.table(AUTHORS)
    known = Known({row.plant: row for row in ROWS}, {})
    table = Table(
        AUTHORS, authors.columns, (*authors.unique_keys, UniqueKey("n", ("name",))), ()
    )  # fmt: skip
    catalogue = Catalogue((table,))
    whole = Survey(catalogue, Ownership(catalogue, ()))
    states = {s.name: s for s in missing(GUARD, whole, (AUTHORS,), known, frozenset())}
    one = states["authors.name = empty text in one row"]
    assert one.operations == (Change(AUTHORS, (("name", ""),), "\"id\"::text = '1500100001'"),)


def test_rows_that_must_point_at_a_row_go_with_it():
    """Those that may point at none point at none then."""
    states = {s.name: s for s in missing(GUARD, survey(), (AUTHORS,), Known({}, {}), frozenset())}
    gone = states["no authors"]
    assert gone.operations == (Change(NOTES, (("author_id", None),)), Clear(AUTHORS))
    column = Column("author_id", "bigint", "int8", not_null=True)
    key = ForeignKey("k", ("author_id",), AUTHORS, ("id",))
    must = Table(NOTES, (column,), (), (key,))
    catalogue = Catalogue((survey().catalogue.table(AUTHORS), must))
    whole = Survey(catalogue, Ownership(catalogue, ()))
    states = {s.name: s for s in missing(GUARD, whole, (AUTHORS,), Known({}, {}), frozenset())}
    assert states["no authors"].operations == (Clear(NOTES), Clear(AUTHORS))
    assert "nor have notes, which hang on it" in states["no authors"].says


def test_tables_of_who_asks_and_large_ones_keep_their_rows():
    """Each with the reason."""
    catalogue = survey().catalogue
    people = Survey(catalogue, Ownership(catalogue, (AUTHORS,)))
    assert is_kept(spec(missing=True, **{"as": "ana"}), people, AUTHORS) == "it holds who asks"
    logged = Survey(catalogue, Ownership(catalogue, ()), login_tables=frozenset({NOTES}))
    assert "logged in" in is_kept(GUARD, logged, NOTES)
    large = Catalogue((Table(THINGS, (), rows=6000),))
    assert "things would lose more than 5000 rows" in is_kept(
        GUARD, Survey(large, Ownership(large, ())), THINGS
    )


# -- what it means ----------------------------------------------------------------------------


class Watched(World):
    """A world in which the queries are these."""

    statements: tuple[Statement, ...] = ()

    def _seen(self, *args):
        seen = super()._seen(*args)
        return Observation(seen.step, seen.request, seen.answer, self.statements)


def verdict_of(state, answer, *statements, facts=None, usual=None):
    """The verdict where one state has this answer and all others the usual one."""
    whole = survey(LIST) if facts is None else survey(facts.template)
    if facts is not None:
        whole = type(whole)(
            whole.catalogue, whole.ownership, requests=(facts,), likeness=whole.likeness
        )
    usual = usual or reply([NOTE])

    def service(asked):
        if asked.state == state:
            return answer
        listed = usual.body.startswith(b"[")
        return reply([]) if asked.state == "no notes" and listed else usual

    world = Watched(GUARD, whole, service)
    world.statements = statements or (Statement("SELECT * FROM notes", reads=(NOTES, AUTHORS)),)
    return world.judge()


def test_a_filter_may_hide_what_is_null():
    """A join may not."""
    null = "notes.title = NULL"
    assert verdict_of(null, reply([])).value is Value.RECURS
    compared = Statement(
        "SELECT * FROM notes WHERE title <> 'x'", (NOTES,),
        comparisons=(Comparison(NOTES, "title", "<>", "x"),),
    )  # fmt: skip
    verdict = verdict_of(null, reply([]), compared)
    assert verdict.value is Value.HOLDS
    assert any("1 item became 0 items" in note for note in verdict.scope.notes)
    for text in (
        "SELECT * FROM notes WHERE title IS NOT NULL",
        "SELECT * FROM notes WHERE lower(title) = 'x'",
        "SELECT title FROM notes GROUP BY title",
    ):
        assert verdict_of(null, reply([]), Statement(text, (NOTES,))).value is Value.HOLDS


def test_a_reference_to_what_was_asked_for_may_hide_a_row():
    """Without it the row belongs to something else."""
    null = "notes.author_id = NULL"
    of_author = Statement(
        "SELECT * FROM notes JOIN authors ON authors.id = author_id WHERE authors.id = 3",
        (NOTES, AUTHORS), comparisons=(Comparison(AUTHORS, "id", "=", "3"),),
    )  # fmt: skip
    assert verdict_of(null, reply([]), of_author).value is Value.HOLDS
    assert verdict_of(null, reply([])).value is Value.RECURS


def test_a_join_that_is_written_as_a_filter_may_not_hide_a_row():
    """The executed plan tells one from the other."""
    null = "notes.author_id = NULL"
    text = "SELECT * FROM notes, authors WHERE authors.id = notes.author_id"
    joined = Statement(
        text, (NOTES, AUTHORS), joins=(Join(AUTHORS, "id", NOTES, "author_id"),)
    )  # fmt: skip
    assert verdict_of(null, reply([]), joined).value is Value.RECURS
    assert verdict_of(null, reply([]), Statement(text, (NOTES, AUTHORS))).value is Value.HOLDS


def test_beyond_the_largest_number_nothing_can_be_written():
    """Reading it must work all the same."""
    adds = RequestFacts(
        RequestTemplate("POST", "/notes"), reads=frozenset({NOTES}), writes=frozenset({NOTES}),
        status=200,
    )  # fmt: skip
    largest = "notes.stars = 2147483647"
    assert verdict_of(largest, reply({}, 500), facts=adds).value is Value.HOLDS
    assert verdict_of("notes.stars = 0", reply({}, 500), facts=adds).value is Value.RECURS
    assert verdict_of(largest, reply({}, 500)).value is Value.RECURS


def test_who_writes_may_refuse():
    """A request that changes data may say that there is nothing to change; it may not break."""
    adds = RequestFacts(
        RequestTemplate("POST", "/notes"), reads=frozenset({NOTES}), writes=frozenset({NOTES}),
        status=200,
    )  # fmt: skip
    null = "notes.title = NULL"
    refused = reply({"detail": "no title"}, 409)
    assert verdict_of(null, refused, facts=adds).value is Value.HOLDS
    assert verdict_of(null, reply({}, 500), facts=adds).value is Value.RECURS


@pytest.mark.parametrize("status", [401, 403])
def test_who_may_see_it_may_depend_on_the_data(status):
    """So these are told and accuse nobody."""
    verdict = verdict_of("notes.title = NULL", reply({}, status))
    assert verdict.value is Value.HOLDS
    assert any(f"became {status}" in note for note in verdict.scope.notes)


def test_a_single_value_may_be_refused_or_left_out():
    """A file that is not there is 404, or 204; where more was told, the rest must stay."""
    usual = reply(b"a title", kind="text/plain")
    null = "notes.title = NULL"
    assert verdict_of(null, reply({}, 404), usual=usual).value is Value.HOLDS
    assert verdict_of(null, reply(b"", 204, ""), usual=usual).value is Value.HOLDS
    assert verdict_of(null, reply(b"None", kind="text/plain"), usual=usual).value is Value.RECURS
    assert verdict_of(null, reply({}, 404)).value is Value.RECURS


def test_a_stored_document_is_passed_on_as_it_is():
    """Its keys go with it, and a list may stand where an object stood."""
    usual = reply([{**NOTE, "options": {"wide": True}}])
    for state, options in (("{}", {}), ("[]", [])):
        answer = reply([{**NOTE, "options": options}])
        assert verdict_of(f"notes.options = {state}", answer, usual=usual).value is Value.HOLDS
    text = reply([{**NOTE, "options": "{}"}])
    assert verdict_of("notes.options = {}", text, usual=usual).value is Value.RECURS
    whole = reply({"wide": True, "long": 1})
    assert verdict_of("notes.options = {}", reply({}), usual=whole).value is Value.HOLDS


def test_whole_numbers_that_get_a_point_beside_null_are_found():
    """As tables of numbers do it that know no missing whole number."""
    usual = reply([{**NOTE, "rank": 1}, {**NOTE, "rank": 2}])
    mixed = reply([{**NOTE, "rank": None}, {**NOTE, "rank": 2.0}])
    state = "notes.title = NULL in every other row"
    assert verdict_of(state, mixed, usual=usual).value is Value.RECURS
    broken = reply(b'[{"rank": NaN}, {"rank": 2.0}]')
    usual = reply([{"rank": 1.5}, {"rank": 2.5}])
    assert verdict_of(state, broken, usual=usual).value is Value.RECURS


def test_keys_that_are_data_may_go():
    """Of an object whose keys are ids, or names of rows."""
    counted = reply({"by": {"a title": 1, "other": 2}, "old": None})
    other = reply({"by": {"?": 3}, "old": None})
    assert verdict_of("notes.title = NULL", other, usual=counted).value is Value.HOLDS
    usual = reply({"notes": {"a": {"stars": 1}, "b": {"stars": 2}}, "old": None})
    fewer = reply({"notes": {"a": {"stars": 1}}, "old": None})
    assert verdict_of("notes.title = NULL", fewer, usual=usual).value is Value.HOLDS


def test_columns_that_no_query_mentions_are_left_out_and_told():
    """They cannot matter to the answer."""
    only = Statement("SELECT id, title FROM notes", reads=(NOTES,))
    verdict = verdict_of("none", reply([]), only)
    told = dict(verdict.scope.untried)
    assert told["notes: author_id, stars, options"] == "no request that reads the table mentions it"


def test_refused_rows_and_states_stand_in_the_scope():
    """With the reason."""

    class Refusing(World):
        def _played(self, scenario):
            run = super()._played(scenario)
            refused = (("full.notes.1", "no such luck\nmore"),)
            return Run(run.scenario, run.planted, run.observations, refused=refused)

    verdict = Refusing(
        GUARD, survey(LIST), lambda a: reply([] if a.state == "no notes" else [NOTE])
    ).judge()
    assert ("full.notes.1", "no such luck") in verdict.scope.untried
