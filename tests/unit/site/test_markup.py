from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.site.markup import as_html, contents

_TAG = re.compile(r"<([a-zA-Z][\w-]*)([^>]*)>")
_SAFE = frozenset(
    """a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure
    h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp small span strong sub summary sup table
    tbody td tfoot th thead time tr u ul var""".split()  # noqa: SIM905 - a list would be a column
)


def _html(text: str) -> str:
    return as_html(text, {"other.md": "other.html"}.get)


def _is_harmless(html: str) -> None:
    """Only tags that show text, no handler, no style, no address but of a link."""
    for name, rest in _TAG.findall(html):
        assert name in _SAFE, name
        for attribute in re.findall(r'\s([\w-]+)="', rest):
            assert attribute in {
                *("href", "title", "id", "class", "rel", "start", "colspan", "rowspan"),
                *("tabindex", "role", "aria-label"),
            }, (name, attribute)
        for address in re.findall(r'href="([^"]*)"', rest):
            assert re.match(r"(?:https?:|mailto:|#|other\.html$)", address), address


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example.com/x.png)",
        "[x](javascript:alert(1))",
        "[x](  JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<p style="background:url(https://evil.example.com)">x</p>',
        "<svg><animate onbegin=alert(1)>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<details ontoggle=alert(1) open>x</details>",
        "<form action=https://evil.example.com><input name=x></form>",
        "<base href=//evil.example.com><link rel=stylesheet href=//evil.example.com>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "<style>@import 'https://evil.example.com';</style>",
        "```<script>\nalert(1)\n```",
        "<pre tabindex=9 class='guard evil'>x</pre>",
        "<span class=\"task-done' onclick='alert(1)\">x</span>",
        "<!-- <script>alert(1)</script> --> <![CDATA[<script>alert(1)</script>]]>",
        "# <script>alert(1)</script>",
        "| <script>alert(1)</script> |\n| --- |\n| <img src=x onerror=alert(1)> |",
    ],
)
def test_nothing_of_a_report_can_act(text):
    """What may run or load is gone; what is left are tags that show text."""
    _is_harmless(_html(text))


@given(st.text(alphabet="<>/\"'=`*_#[]()!-|&; \nascriptonimg:x1", max_size=120))
@settings(max_examples=300, deadline=None)
def test_whatever_the_text_the_html_is_harmless(text):
    """A total function of any text."""
    _is_harmless(_html(text))


def test_pictures_are_links():
    """A picture of another host would tell it who reads."""
    html = _html("![The rate](https://graphs.example.com/rate.png)")
    assert "<img" not in html
    assert '<a class="picture" href="https://graphs.example.com/rate.png"' in html
    assert ">The rate</a>" in html


def test_links_to_other_reports_lead_to_their_pages():
    """Those that this audience has no page for are left as words."""
    html = _html("[a](other.md) [b](../x/other.md#part) [c](hidden.md) [d](/etc/passwd) [e](#part)")
    assert html.count('href="other.html"') == 2
    assert '<a href="#text-part"' in html
    assert "hidden" not in html
    assert "passwd" not in html


def test_headings_stand_below_the_pages_own_and_can_be_linked_to():
    """The highest is an h2; anchors do not repeat and carry a prefix."""
    html = _html("# One\n\ntext\n\n### Deep *er*\n\n# One\n\nSetext\n======\n")
    assert list(contents(html)) == [
        ("text-one", "One", 2),
        ("text-one-2", "One", 2),
        ("text-setext", "Setext", 2),
    ]
    assert '<h4 id="text-deep-er">Deep <em>er</em></h4>' in html


def test_tasks_are_marks_with_a_name():
    """A box is drawn by the style sheet; a screen reader hears its state."""
    html = _html("- [x] done\n- [ ] open\n- [y] neither")
    assert 'class="task-done" role="img" aria-label="Done"' in html
    assert 'class="task-open" role="img" aria-label="Open"' in html
    assert "[y] neither" in html


def test_what_is_too_wide_can_be_scrolled_with_the_keyboard():
    """Code and tables take the focus."""
    html = _html("```toml guard\nkind = 1\n```\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n")
    assert '<pre tabindex="0" class="guard">' in html
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>' in html
    assert '<td class="align-right">2</td>' in html


def test_a_text_without_end_is_shown_as_it_is_written():
    """A log among the reports takes no minutes to render."""
    html = _html("[<b>" * 100_000)
    assert html.startswith('<pre tabindex="0"><code>[&lt;b&gt;[')
    _is_harmless(html)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 5000,
        "> " * 5000 + "x",
        "- " * 3000 + "x",
        "<b><i>" * 4000,
        "[" * 20000,
        "*" * 20000,
    ],
    ids=["elements", "quotes", "lists", "formats", "brackets", "stars"],
)
def test_deep_nesting_ends_soon_and_stays_text(text):
    """What nests too deep for a page is shown as it is written."""
    started = time.monotonic()
    html = _html(text)
    assert time.monotonic() - started < 5
    _is_harmless(html)
    assert html
