"""Shapes of any answer at all."""

from __future__ import annotations

import contextlib
import gzip
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.guards.contract.comparing import between, changes
from twiceshy.guards.contract.recording import SnapshotError, read, written
from twiceshy.guards.contract.shapes import Items, Shape, Unread, around, merged, shape_of, step
from twiceshy.model.history import Reply
from unit.guards.contract.histories import reply

KEYS = st.text(max_size=6) | st.sampled_from(["id", "a b", 'q"', "x.y", "[]", "é", "\n", "or null"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2024-04-12", "12/04/2024", "None", "{}", "1.5", "eyJhIjogMX0="])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
MEDIA = ["application/json", "text/csv", "application/yaml", "text/plain", "application/xml"]
MORE = ["application/toml", "text/ini", "application/x-ndjson", "text/html", "image/png", ""]


def shape(body, **more):
    """The shape of an answer that can be read."""
    found = shape_of(reply(body, **more))
    assert isinstance(found, Shape)
    return found


@given(VALUES)
@settings(max_examples=50)
def test_any_json_has_a_shape_that_differs_from_itself_in_nothing(value):
    """Whatever stands in it."""
    one, again = shape(value), shape(json.loads(json.dumps(value)))
    assert between(one, again) == ()
    assert changes((one, one), (again,)) == ()


@given(VALUES, VALUES)
@settings(max_examples=40)
def test_comparing_is_total(value, other):
    """Any two answers can be compared, together and apart."""
    one, two = shape(value), shape(other)
    assert isinstance(between(one, two), tuple)
    both = merged((one, two))
    assert set(both.places) == {*one.places, *two.places}
    assert not [c for c in between(both, one) if not c.compatible and c.change in {"type", "null"}]


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(str.encode), st.sampled_from(MEDIA + MORE)
)
@settings(max_examples=60)
def test_any_bytes_have_a_shape_or_a_reason_why_not(body, media):
    """Under whatever name they come."""
    found = shape_of(reply(body, kind=media))
    assert isinstance(found, Shape | Unread)
    if isinstance(found, Shape):
        assert between(found, found) == ()


@given(VALUES, st.sampled_from([200, 201, 302, 404]), st.sampled_from(["", "present"]))
@settings(max_examples=60)
def test_what_is_written_is_read_again(value, status, etag):
    """A file of recorded shapes gives the same shapes back."""
    one = shape(value, status=status, etag=etag)
    other = shape_of(reply(b"a,b\n1,x\n", kind="text/csv"))
    blocks = {"GET /notes": one, "GET /notes/{id} (a row of the seed)": other}
    assert read(written(blocks)) == blocks


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text):
    """A file that somebody edited by hand may say anything."""
    with contextlib.suppress(SnapshotError):
        assert all(isinstance(found, Shape) for found in read(text).values())


@given(st.lists(KEYS, max_size=5))
def test_the_path_around_a_path_is_the_one_it_was_made_from(keys):
    """Keys may hold whatever paths are written with."""
    path = "$"
    for key in keys:
        assert around(path + step(key)) == path
        assert around(f"{path}[]") == path
        path += step(key)


@pytest.mark.parametrize(
    ("body", "path", "types"),
    [
        (b'{"a": 1}', "$.a", {"integer"}),
        (b'{"a": 1.0}', "$.a", {"number"}),
        (b'{"a": 12345678901234567890}', "$.a", {"integer:beyond-2^53"}),
        (b'{"a": NaN}', "$.a", {"number:not-json"}),
        (b'{"a": [1, null, "x"]}', "$.a[]", {"integer", "null", "text"}),
        (b'{"a b": ""}', '$["a b"]', {"text:empty"}),
        (b'{"a": "7d444840-9dc0-11d1-b245-5ffdce74fad2"}', "$.a", {"text:uuid"}),
        (b'{"a": "2024-04-12T01:00:00Z"}', "$.a", {"text:date-time"}),
        (b'{"a": "2024-04-12T01:00:00.5"}', "$.a", {"text:date-time-local"}),
        (b'{"a": "2024-04-12 01:00:00"}', "$.a", {"text:date-time-local-spaced"}),
        (b'{"a": "2024-04-12 01:00:00+00"}', "$.a", {"text:date-time-spaced"}),
        (b'{"a": "13/04/2024"}', "$.a", {"text:date-day-first"}),
        (b'{"a": "04/13/2024"}', "$.a", {"text:date-month-first"}),
        (b'{"a": "{\\"b\\": 1}"}', "$.a", {"text:json"}),
        (b'{"a": "1.50"}', "$.a", {"text:number"}),
        (b'{"a": "007"}', "$.a", {"text"}),
        (b'{"a": "SGVsbG8gd29ybGQhIQ=="}', "$.a", {"text:base64"}),
        (b'{"a": 1, "a": "x"}', "$", {"object:key-twice"}),
        (b'{"a": "undefined"}', "$.a", {"text:null-word"}),
        (b'{"a": true}', "$.a", {"boolean"}),
    ],
)
def test_types_and_formats(body, path, types):
    """As a client would read them."""
    assert shape(body).places[path].types == types


def test_what_is_not_in_every_object_is_not_always_there():
    """Items of an array are one place together."""
    found = shape([{"a": 1, "b": [1, 2]}, {"a": None, "b": []}, {"b": [3]}])
    assert not found.places["$[].a"].always
    assert found.places["$[].b"].always
    assert found.places["$[].b"].items == Items(0, 2, 3)
    assert str(found.places["$[].b"].items) == "0-2 items, 3 in all"


@pytest.mark.parametrize(
    ("body", "media", "sort", "path"),
    [
        (b"a,b\n1,x\n2,y\n", "text/csv", "csv", "$[].a"),
        (b"a;b\n1;x\n", "text/csv; charset=utf-8", "csv", "$[].b"),
        (b"a: 1\nb: [x]\n", "application/yaml", "yaml", "$.b[]"),
        (b"[s]\nk = 1\n", "text/ini", "ini", "$.s.k"),
        (b"k = 1\n", "text/ini", "ini", "$.k"),
        (b"k = 1\n", "application/toml", "toml", "$.k"),
        (b'{"a": 1}\n{"a": 2}\n', "application/x-ndjson", "ndjson", "$[].a"),
        (b'{"a": 1}', "application/octet-stream", "json", "$.a"),
        (b"<a><b>1</b></a>", "application/xml", "XML", "/a/b/text()"),
        (b"hello", "text/plain", "text", "$"),
    ],
)
def test_other_formats_have_an_inside_too(body, media, sort, path):
    """Files that people download, by their type."""
    found = shape(body, kind=media)
    assert found.sort == sort
    assert path in found.places


def test_a_file_name_tells_the_format():
    """Where the content type does not."""
    found = shape(
        b"a,b\n1,2\n", kind="application/octet-stream",
        content_disposition='attachment; filename="notes.csv"',
    )  # fmt: skip
    assert found.sort == "csv"
    assert found.headers["content-disposition"] == "attachment of *.csv"


@pytest.mark.parametrize(
    ("body", "sort"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"%PDF-1.7 ...", "binary (PDF)"),
        (b"\x00\x01\x02", "binary"),
        (b"\xff\xfe{", "JSON that does not parse"),
        (b"{", "JSON that does not parse"),
    ],
)
def test_what_has_no_inside_is_named(body, sort):
    """Under a type that promises JSON it is broken."""
    media = "application/json" if "JSON" in sort else "application/octet-stream"
    assert shape(body, kind=media).sort == sort


@pytest.mark.parametrize(
    "answer",
    [
        reply(gzip.compress(b'{"a": 1}', mtime=0), content_encoding="gzip"),
        reply(b'{"a": 1}', content_encoding="gzip"),
        reply(zlib.compress(b'{"a": 1}'), content_encoding="deflate"),
        reply(b'{"a": 1}', content_encoding="identity"),
    ],
)
def test_compression_is_taken_off(answer):
    """Also where it was on the way here, while the header stayed."""
    assert "$.a" in shape_of(answer).places


@pytest.mark.parametrize(
    ("body", "encoding", "because"),
    [
        (gzip.compress(b"{}" * 999, mtime=0)[:-9], "gzip", "ends too soon"),
        (b"\x1f\x8bnothing", "gzip", "not as its header says"),
        (b"{}", "zstd", "compressed as zstd"),
        (gzip.compress(b" " * (65 << 20), mtime=0), "gzip", "longer than 64 MB"),
    ],
)
def test_what_cannot_be_unpacked_is_not_known(body, encoding, because):
    """It is no shape, and no error either."""
    found = shape_of(reply(body, content_encoding=encoding))
    assert isinstance(found, Unread)
    assert because in found.says


def test_brotli_is_read_where_its_library_is_there():
    """Else nothing is known of the answer."""
    found = shape_of(reply(b'\x0b\x03\x80{"a": 1}\x03', content_encoding="br"))
    assert isinstance(found, Shape | Unread)
    if isinstance(found, Unread):
        assert "Brotli" in found.says or "not as its header says" in found.says


def test_depth_and_size_have_a_limit(monkeypatch):
    """No answer brings the judge down."""
    monkeypatch.setattr("twiceshy.guards.contract.shapes._MOST_NODES", 20_000)
    deep = b"[" * 600 + b"]" * 600
    assert isinstance(shape_of(Reply(200, (("Content-Type", "application/json"),), deep)), Unread)
    nested = "- &a [x]\n- &b [*a, *a]\n" + "".join(
        f"- &{chr(99 + n)} [{', '.join([f'*{chr(98 + n)}'] * 9)}]\n" for n in range(8)
    )
    assert isinstance(shape_of(reply(nested.encode(), kind="application/yaml")), Unread)
