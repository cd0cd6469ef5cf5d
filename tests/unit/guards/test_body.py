"""Responses as trees of places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.guards.body import find, leaves, path_of, tree
from twiceshy.model.history import Reply


def _reply(body: str, kind: str) -> Reply:
    return Reply(200, (("Content-Type", kind),), body.encode())


def test_json_paths_read_like_jsonpath() -> None:
    """Keys in any order give the same tree; numbers keep their spelling."""
    one = dict(leaves(tree(_reply('{"b": [1.50, {"c": null}], "a": true}', "application/json"))))
    assert one == {"$.a": "true", "$.b[0]": "1.50", "$.b[1].c": "null"}
    other = tree(_reply('{"a": true, "b": [1.50, {"c": null}]}', "application/json"))
    assert dict(leaves(other)) == one


def test_an_empty_list_is_a_leaf_so_that_it_shows() -> None:
    """`[]` and `{}` must differ from nothing at all."""
    assert dict(leaves(tree(_reply('{"a": [], "b": {}}', "application/json")))) == {
        "$.a": "(empty)",
        "$.b": "(empty)",
    }


def test_html_is_a_tree_of_elements_with_attributes_and_texts() -> None:
    """Tags that authors leave open are closed as browsers close them."""
    page = "<ul><li>one<li class=x>two &amp; three</ul><br><p>end"
    assert dict(leaves(tree(_reply(page, "text/html")))) == {
        "/ul/li/text()": "one",
        "/ul/li[2]/@class": "x",
        "/ul/li[2]/text()": "two & three",
        "/br": "(empty)",
        "/p/text()": "end",
    }


def test_whitespace_in_html_does_not_count() -> None:
    """Another indentation is no difference."""
    one = tree(_reply("<p>\n  a   b\n</p>", "text/html"))
    assert one == tree(_reply("<p>a b</p>", "text/html"))


def test_what_does_not_parse_is_lines() -> None:
    """CSV, plain text, and JSON that is none."""
    assert dict(leaves(tree(_reply("a,b\n1,2", "text/csv")))) == {"line 1": "a,b", "line 2": "1,2"}
    assert dict(leaves(tree(_reply('{"a": ', "application/json")))) == {"line 1": '{"a": '}


def test_find_tells_places_that_can_be_named() -> None:
    """A value is found, and its place has a path."""
    body = tree(_reply('{"items": [{"name": "Pie TwQ"}]}', "application/json"))
    places = find(body, lambda text: "TwQ" in text)
    assert [path_of(body, place) for place in places] == ["$.items[0].name"]


@given(st.binary(max_size=200), st.sampled_from(["application/json", "text/html", "", "text/xml"]))
def test_any_bytes_make_a_tree(body: bytes, kind: str) -> None:
    """Garbage in any format is a tree, never an exception."""
    list(leaves(tree(Reply(200, (("content-type", kind),), body))))


def test_deep_nesting_is_cut_not_fatal() -> None:
    """A body that nests ten thousand times is still a body."""
    list(leaves(tree(_reply("[" * 10_000 + "]" * 10_000, "application/json"))))
    list(leaves(tree(_reply("<div>" * 10_000, "text/html"))))
