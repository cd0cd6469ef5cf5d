"""Pages made for browsers: login forms with hidden fields, and tokens against forged requests.

Many frameworks answer a form only when it brings back a token that they put into a cookie, a hidden
field or the head of a page. A browser does so without anybody noticing; so do we.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twiceshy.model.history import Reply

_FORGERY = re.compile(
    r"csrf|xsrf|authenticity_token|^_token$|requestverificationtoken", re.IGNORECASE
)
# Django and Flask-WTF; Rails, Laravel, csurf.
_HEADERS = ("X-CSRFToken", "X-CSRF-Token")
# Angular's pair of names, which Laravel keeps too: cookie XSRF-TOKEN, header X-XSRF-TOKEN.
_ANGULAR_COOKIE, _ANGULAR_HEADER = "XSRF-TOKEN", "X-XSRF-TOKEN"


@dataclass
class _Form:
    hidden: dict[str, str] = field(default_factory=dict)
    asks_password: bool = False


class _Page(HTMLParser):
    """The forms of a page, and what its head tells scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms = [_Form()]
        self.metas: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append(_Form())
        elif tag == "meta" and name:
            self.metas[name] = given.get("content", "")
        elif tag == "input" and given.get("type", "").lower() == "hidden" and name:
            self.forms[-1].hidden[name] = given.get("value", "")
        elif tag == "input" and given.get("type", "").lower() == "password":
            self.forms[-1].asks_password = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.forms.append(_Form())


def _page(reply: Reply) -> _Page | None:
    if "html" not in (reply.header("content-type") or "").lower():
        return None
    return _Page(reply.body.decode("utf-8", "replace"))


def hidden_fields(reply: Reply) -> Mapping[str, str]:
    """The hidden fields of the form that asks for a password; none where there is none."""
    page = _page(reply)
    found = [form for form in page.forms if form.asks_password] if page else []
    return found[0].hidden if found else {}


def asks_for_password(reply: Reply) -> bool:
    """Whether a page has a form with a password in it, as the page to log in does."""
    page = _page(reply)
    return page is not None and any(form.asks_password for form in page.forms)


def forgery_headers(
    cookies: Mapping[str, str], pages: Iterable[Reply] = ()
) -> tuple[tuple[str, str], ...]:
    """Headers that take the place of a hidden field against forged requests.

    The token is in a cookie, or else in a page; no headers where there is neither.
    """
    for name, value in cookies.items():
        if name == _ANGULAR_COOKIE:
            return ((_ANGULAR_HEADER, unquote(value)),)
        if _FORGERY.search(name):
            return tuple((header, unquote(value)) for header in _HEADERS)
    for reply in pages:
        page = _page(reply)
        forms = page.forms if page else []
        fields = [pair for form in forms for pair in form.hidden.items()]
        for name, value in [*(page.metas.items() if page else ()), *fields]:
            if _FORGERY.search(name) and value and name != "csrf-param":
                return tuple((header, value) for header in _HEADERS)
    return ()
