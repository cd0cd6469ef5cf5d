from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from twiceshy.config.problems import problems_of, shown, suggestion
from twiceshy.errors import ReportError

FILE = Path("report.md")


class Expect(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    status: int
    rows: int = Field(default=0, ge=0)


class Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    requests: list[str] = Field(default_factory=list, description="Requests to send.")
    mode: Literal["reads", "writes"] = "reads"
    expect: Expect | int | None = None
    by_name: dict[str, Expect] = Field(default_factory=dict)
    limit: Annotated[float, Field(gt=0)] = 1
    text_or_list: str | list[Annotated[str, Field(pattern="^/")]] = Field(
        default="", description='A path such as "/x".'
    )
    all_or_list: Literal["all"] | list[Annotated[str, Field(pattern="^/")] | Expect] = "all"
    as_: str = Field(default="", alias="as")

    @field_validator("requests")
    @classmethod
    def _method_first(cls, value: list[str]) -> list[str]:
        if any(" " not in request for request in value):
            raise ValueError("Each request begins with its method, such as GET")
        return value


def problems(table, model=Spec):
    """All problems; a key's line is its length, so that lines can be told apart."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(table)
    return problems_of(caught.value, model, len, FILE, error=ReportError)


def only(table):
    """The one problem that there is."""
    found = problems(table)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_an_unknown_key_is_told_with_its_nearest_and_its_place():
    """A misspelt key names itself, what stood there and the key that was meant."""
    problem = only({"reqests": ["GET /"]})
    assert isinstance(problem, ReportError)
    assert (problem.key, problem.happened) == ("reqests", "There is no key reqests here")
    assert str(problem.location) == "report.md:7"
    assert problem.seen == '["GET /"]'
    assert problem.todo == "Did you mean requests?"


def test_the_key_as_users_write_it_is_suggested():
    """Where a field is called otherwise in the file, the file's word is the one to suggest."""
    assert "as" in only({"qqq": "ana"}).todo.split(": ")[1].rstrip(".").split(", ")


def test_an_unknown_key_deep_inside_knows_its_own_table():
    """Inside of a nested table, also in one of several alternatives, its keys are suggested."""
    problem = only({"by_name": {"a": {"status": 1, "row": 2}}})
    assert (problem.key, problem.todo) == ("by_name.a.row", "Did you mean rows?")
    problem = only({"expect": {"status": 1, "row": 2}})
    assert (problem.key, problem.todo) == ("expect.row", "Did you mean rows?")


def test_a_missing_key_stands_where_its_table_does():
    """There is no line for what is not there; the table's is shown, with what it holds."""
    problem = only({"by_name": {"a": {"rows": 1}}})
    assert problem.key == "by_name.a.status"
    assert problem.location is not None
    assert problem.location.line == len("by_name.a")
    assert problem.happened == "The key status is missing"
    assert problem.seen == "only rows"


def test_a_key_that_is_only_misspelt_is_not_also_missing():
    """One slip gives one problem."""
    assert only({"by_name": {"a": {"staus": 1}}}).todo == "Did you mean status?"


@pytest.mark.parametrize(
    ("table", "happened", "seen", "todo"),
    [
        ({"requests": "GET /"}, "requests must be a list", '"GET /"', "Requests to send."),
        ({"requests": [1]}, "requests.0 must be text in quotes", "1", "Requests to send."),
        ({"mode": "read"}, 'mode must be "reads" or "writes"', '"read"', 'Did you mean "reads"?'),
        ({"limit": 0}, "limit must be a number greater than 0", "0", ""),
        ({"by_name": {"a": 1}}, "by_name.a must be a table", "1", ""),
        (
            {"requests": ["/"]},
            "requests: each request begins with its method, such as GET",
            '["/"]',
            "Requests to send.",
        ),
        ({"expect": "x"}, "expect must be a table or a whole number", '"x"', ""),
        (
            {"text_or_list": 3},
            "text_or_list must be text in quotes or a list",
            "3",
            'A path such as "/x".',
        ),
        (
            {"all_or_list": [3]},
            "all_or_list.0 must be text in quotes or a table",
            "3",
            "",
        ),
        ({"all_or_list": ["a"]}, "all_or_list.0 is not written as expected", '"a"', ""),
        (
            {"text_or_list": ["/a", "b"]},
            "text_or_list.1 is not written as expected",
            '"b"',
            'A path such as "/x".',
        ),
    ],
)
def test_a_wrong_value_tells_what_was_expected_and_what_was_seen(table, happened, seen, todo):
    """Every kind of wrong value has one problem, in plain words."""
    problem = only(table)
    assert (problem.happened, problem.seen, problem.todo) == (happened, seen, todo)


def test_all_problems_are_told_in_the_order_of_their_lines():
    """Nobody should have to mend a file one error at a time."""
    found = problems({"requests": 1, "mode": 2, "x": 3})
    assert [problem.key for problem in found] == ["x", "mode", "requests"]


def test_of_an_item_that_was_meant_as_a_table_only_what_is_wrong_within_is_told():
    """That it might have been a text as well helps nobody who wrote a table."""
    found = problems({"all_or_list": [{"status": 200, "row": 1}]})
    assert [problem.key for problem in found] == ["all_or_list.0.row"]


def test_a_model_as_a_whole_can_be_wrong():
    """Without a key, the table itself is named."""

    class Whole(BaseModel):
        model_config = ConfigDict(strict=True)

    found = problems([], Whole)
    assert [(problem.key, problem.happened) for problem in found] == [
        ("", "this table must be a table")
    ]


def test_values_are_shown_short_and_without_passwords():
    """Output ends up in logs of builds."""
    assert shown("postgresql://ana:secret@host/db") == '"postgresql://ana:***@host/db"'
    assert shown(True) == "true"
    assert len(shown("x" * 1000)) == 120


def test_a_suggestion_falls_back_to_all_that_is_known():
    """Where nothing is near, the known names are listed."""
    assert suggestion("zzz", ["a", "b"]) == "Known here: a, b."
    assert suggestion("REPORTS", ["reports"]) == "Did you mean reports?"
