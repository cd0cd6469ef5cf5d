"""Headers that matter, without what is only their value."""

from __future__ import annotations

import pytest

from twiceshy.guards.contract.headers import headers_of
from twiceshy.model.history import Reply

PAGES = '</notes?page=2>; rel="next", </notes?page=9>; rel="last"'


@pytest.mark.parametrize(
    ("name", "value", "shape"),
    [
        ("Location", "/notes/17", {"location": "/notes/{}"}),
        ("Location", "http://127.0.0.1:4711/notes/17?b=1&a=", {"location": "/notes/{}?a&b"}),
        ("Location", "https://example.org/x", {"location": "https://example.org/x"}),
        ("Location", "http://[", {"location": "(no address)"}),
        ("Cache-Control", "max-age=60, Public", {"cache-control": "max-age public"}),
        ("ETag", '"abc"', {"etag": "present"}),
        ("Link", PAGES, {"link": "last next"}),
        ("X-Total-Count", "17", {"x-total-count": "present"}),
        ("Content-Encoding", "gzip", {"content-encoding": "gzip"}),
        ("Content-Type", "application/json; charset=UTF-8", {}),
        ("Content-Type", 'text/csv; charset="latin-1"', {"charset": "latin-1"}),
        ("Content-Disposition", "inline", {"content-disposition": "inline"}),
        (
            "Content-Disposition", "attachment; filename*=UTF-8''a%20b.csv; filename=x.CSV",
            {"content-disposition": "attachment of *.csv"},
        ),
        ("Date", "Fri, 12 Apr 2024 01:00:00 GMT", {}),
        ("X-Request-Id", "17", {}),
    ],
)  # fmt: skip
def test_each_header_has_a_shape(name, value, shape):
    """Or none, where it does not matter."""
    assert headers_of(Reply(200, ((name, value),))) == shape
