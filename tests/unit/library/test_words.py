from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.library.mechanisms import mechanisms
from twiceshy.library.words import fold, folded_with_places, words


def test_case_and_accents_do_not_matter():
    """Nor does the way in which accents are written."""
    assert fold("ÉCOLE Straße ﬁn") == "ecole strasse fin"
    assert fold("e\u0301cole") == "ecole"


def test_japanese_letters_stay_apart():
    """What looks like an accent makes another letter there; halves of width do not matter."""
    assert fold("が") != fold("か")
    assert fold("ﾛｯｸ") == fold("ロック")


def test_runs_without_blanks_become_pairs():
    """And the last letter alone."""
    assert words("DB障害対応 ok") == ["db", "障害", "害対", "対応", "応", "ok"]


@given(st.text(max_size=200))
def test_places_lead_back(text):
    """Each folded character comes from the text, in order."""
    folded, places = folded_with_places(text)
    assert len(places) == len(folded) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


def test_mechanisms_in_any_language():
    """The same failure has the same name."""
    told = (
        "a migration locked the table",
        "una migración bloqueó la tabla",
        "uma migração bloqueou a tabela",
        "une migration a verrouillé la table",
        "eine Migration sperrte die Tabelle",
        "una migrazione ha bloccato la tabella",
        "移行スクリプトがテーブルをロックした",
    )
    assert all({"lock", "migration"} <= set(mechanisms(text)) for text in told)
