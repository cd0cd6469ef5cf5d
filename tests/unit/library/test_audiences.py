from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twiceshy.config.load import load_project
from twiceshy.library import Audience, Library
from twiceshy.library.editions import BLACK, editions, redacted
from twiceshy.library.search_records import Filters
from twiceshy.library.telling.documents import (
    actions_document,
    entry_document,
    hits_document,
    similar_document,
    statistics_document,
)
from unit.library.conftest import TODAY, written

PUBLIC, INTERNAL, RESTRICTED = Audience


def lowest(keys):
    """The lowest audience that sees a report with these keys."""
    return editions(f"+++\n{keys}\n+++\n# Title\n", Path("a.md"))[0].low


@pytest.mark.parametrize(
    ("keys", "audience"),
    [
        ("", INTERNAL),
        ('visibility = "public"', PUBLIC),
        ('visibility = "internal"', INTERNAL),
        ('visibility = "restricted"', RESTRICTED),
        ('visibility = "public"\nhide = true', RESTRICTED),
        ('visibility = "public"\nhide = false', PUBLIC),
        ('visibility = "public"\nhide = "yes"', RESTRICTED),
        ('visibility = "Public"', RESTRICTED),
        ('visibility = "everybody"', RESTRICTED),
        ('visibility = ["public"]', RESTRICTED),
        ('visibilty = "public"', RESTRICTED),
        ('Visibility = "public"', RESTRICTED),
        ('visibility = "public"\nHide = true', RESTRICTED),
        ('visibility = "public"\ninternal = true', INTERNAL),
        ('visibility = "public"\nrestricted = true', RESTRICTED),
        ('visibility = "public', RESTRICTED),
    ],
)
def test_who_may_see_a_report(keys, audience):
    """Whatever is unclear is hidden."""
    assert lowest(keys) is audience


def seen(text, audience=PUBLIC, keys='visibility = "public"'):
    """What is left of a text."""
    edition = redacted(f"+++\n{keys}\n+++\n{text}", Path("a.md"), audience)
    return edition.text.partition("---\n")[2].rpartition("---\n")[2] or edition.text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <!-- internal -->b<!-- /internal --> c", f"a {BLACK} c"),
        ("a <!--INTERNAL-->b<!--/Internal--> c", f"a {BLACK} c"),
        ("a <!-- restricted -->b<!-- /restricted --> c", f"a {BLACK} c"),
        ("a <!-- internal -->b <!-- restricted -->c<!-- /internal --> d", f"a {BLACK}"),
        ("a <!-- internal -->b", f"a {BLACK}"),
        ("a <!--- internal --->b<!---/internal---> c", f"a {BLACK} c"),
        ("a <!-- /internal -->b", "a b"),
        ("a <!-- a remark -->b", "a b"),
    ],
)
def test_marks(text, left):
    """An open mark reaches to the end; the public edition has no comments at all."""
    assert seen(text).endswith(left)


def test_marks_for_the_few():
    """Colleagues see what is internal, not what is restricted."""
    text = "<!-- internal -->one<!-- /internal --><!-- restricted -->two<!-- /restricted -->"
    assert "one" in seen(text, INTERNAL)
    assert "two" not in seen(text, INTERNAL)
    assert "two" in seen(text, RESTRICTED)


def test_listed_names():
    """Keys go, sections go with all below them, words are blackened however they are written."""
    keys = (
        'visibility = "public"\nreviewers = ["ana"]\ntags = ["Ácme", "x"]\n'
        'internal = ["reviewers", "timeline", "acme corp", "acme"]'
    )
    text = (
        "# ACME\n\nÁcme\nCorp called.\n\n## Cronología\n\n- 10:00 one\n\n### Más\n\ntwo\n\n"
        "## Impact\n\nall\n\n**Timeline:**\n\n- 11:00 three\n"
    )
    whole = redacted(f"+++\n{keys}\n+++\n{text}", Path("acme-1.md"), PUBLIC)
    for word in ("ana", "cme", "one", "two", "three", "Cronolog"):
        assert word not in whole.text
    assert "Impact\n\nall" in whole.text
    assert "- x" in whole.text
    assert str(whole.path) == f"{BLACK}-1.md"


@pytest.mark.parametrize(
    "written",
    [
        "**Acme** Corp",
        "Acme&nbsp;Corp",
        "Acme-Corp",
        "acme_corp",
        "https://acme%20corp.example",
        "[Acme](https://a.example) Corp",
        "<b>Acme</b> Corp",
        "Ac\u00adme Corp",
        "Acme\u200bCorp",
        "Ac**me** Corp",
    ],
)
def test_listed_names_between_marks(written):
    """Neither markup nor signs that nobody sees keep a name from being blackened."""
    text = f'+++\nvisibility = "public"\ninternal = ["Acme Corp"]\n+++\n\nCalled: {written}.\n'
    left = redacted(text, Path("a.md"), PUBLIC).text
    assert BLACK in left
    assert not re.search("acme|corp|me\\*\\* ", left, re.IGNORECASE)


def test_marks_in_the_front_matter():
    """A title is text like any other."""
    top = 'title = "For <!-- internal -->Acme<!-- /internal --> only"\nvisibility = "public"'
    whole = redacted(f"+++\n{top}\n+++\n\ntext\n", Path("a.md"), PUBLIC)
    assert "Acme" not in whole.text
    assert f"For {BLACK} only" in whole.text
    assert whole.redacted


def test_a_list_that_is_none():
    """What cannot be understood hides the report."""
    assert (
        redacted(
            '+++\nvisibility = "public"\ninternal = {name = "Acme"}\n+++\n\na\n',
            Path("a.md"),
            INTERNAL,
        )
        is None
    )


def test_an_edition_that_hides_nothing_is_the_report():
    """To the byte, and it is kept once."""
    text = '+++\ntitle = "T"\nvisibility = "public"\n+++\n\n# T\r\n\ntext\n'
    (only,) = editions(text, Path("a.md"))
    assert (only.low, only.high, only.text, only.redacted) == (PUBLIC, RESTRICTED, text, False)


SECRET = "zyxquark"


def told(library, audience):
    """Everything that can be derived for an audience, as one text."""
    entries = library.entries(audience)
    by_id = {entry.id: entry for entry in entries}
    actions = library.actions(audience, TODAY)
    parts = [entry_document(entry) for entry in entries]
    for query in ("", SECRET, SECRET[:3], "orders", "o"):
        found = library.search(query, Filters(), audience)
        parts.append(hits_document(found, ""))
    for entry in entries:
        parts.append(similar_document(entry, library.similar(entry.id, audience)))
        volume = library.volume(entry.id, audience)
        parts += [volume.text, str(volume.report), str(volume.postmortems)]
    parts.append(statistics_document(library.stats(audience, TODAY)))
    parts.append(actions_document(actions, library.owners(audience, TODAY), by_id, TODAY))
    return json.dumps(parts, default=str, ensure_ascii=False).casefold()


_PUBLIC = "visibility = 'public'\n"
# Name of the file, keys, text.
PLACES = {
    "restricted report": ("r", f"visibility = 'restricted'\ntags = ['{SECRET}']\n", SECRET),
    "hidden report": (SECRET, f"{_PUBLIC}hide = true\n", SECRET),
    "marked words": ("m", _PUBLIC, f"x <!-- internal -->{SECRET}<!-- /internal -->"),
    "open mark": ("o", _PUBLIC, f"<!-- internal --> {SECRET}"),
    "listed key": ("k", f"{_PUBLIC}services = ['{SECRET}']\ninternal = ['services']\n", ""),
    "listed word": (
        f"pre-{SECRET}-post",
        f"{_PUBLIC}tags = ['a {SECRET}']\nx = {{ {SECRET} = 1 }}\ninternal = ['{SECRET}']\n",
        f"The {SECRET.upper()} of `{SECRET}`, {SECRET}s.",
    ),
    "remark": ("c", _PUBLIC, f"<!-- {SECRET} -->"),
    "ignored rule": ("l", f"{_PUBLIC}lint.ignore = {{ no-guard = '{SECRET}' }}\n", ""),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_hidden_is_in_nothing(shelf, place):
    """Not in hits, counts, snippets, similar reports, statistics, action items, texts or ids."""
    name, keys, more = PLACES[place]
    shelf.put(name, written("Orders stopped", keys=keys, more=more))
    shelf.put("plain", written("Orders again", keys="visibility = 'public'\n"))
    shelf.put("third", written("Orders too", keys="visibility = 'public'\n"))
    with shelf.open() as library:
        assert SECRET not in told(library, PUBLIC)
        assert library.search(SECRET, Filters(), PUBLIC).total == 0
        if place not in ("remark", "ignored rule"):
            assert SECRET in told(library, RESTRICTED)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["public", "internal", "restricted"]),
            st.sampled_from(["", "internal", "restricted"]),
            st.text("ab \n#-|`*>", max_size=30),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_restricted_word_shows_in_nothing_derived(tmp_path_factory, reports):
    """Whatever stands around it: each word is told only to audiences that may see it."""
    root = tmp_path_factory.mktemp("project")
    (root / "twiceshy.toml").write_text("")
    (root / "postmortems").mkdir()
    allowed = {}
    for number, (visibility, mark, around) in enumerate(reports):
        word = f"{SECRET}{number}x"
        text = f"{around}{word}{around}"
        marked = f"<!-- {mark} -->{text}<!-- /{mark} -->" if mark else text
        keys = f"visibility = '{visibility}'\n"
        path = root / "postmortems" / f"{number}.md"
        path.write_text(written("Orders", keys=keys, more=marked), encoding="utf-8")
        allowed[word] = max(Audience(visibility).level, Audience(mark).level if mark else 0)
    with Library.open(load_project(root)) as library:
        for audience in Audience:
            everything = told(library, audience)
            for word, level in allowed.items():
                assert (word in everything) == (level <= audience.level), (word, audience)
