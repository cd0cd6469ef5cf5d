from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiceshy.reports.prose.encodings import decoded, encoded

JAPANESE = (
    "決済画面でエラーが発生しました。設定をもとに戻したところ、ふたたび動くようになりました。"
)


@given(st.binary(max_size=200))
def test_every_file_leads_back_to_its_bytes(content):
    """Whatever it holds."""
    text, encoding = decoded(content)
    assert encoded(text, encoding) == content


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Störung", "utf-8"),
        ("\ufeffStörung", "utf-16-le"),
        ("\ufeffStörung", "utf-16-be"),
        ("Größere Störung", "cp1252"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_encodings_that_people_still_use_are_told_apart(text, encoding):
    """By their marks, or by what their bytes would mean."""
    assert decoded(text.encode(encoding)) == (text, encoding)


def test_a_stray_byte_does_not_spoil_a_file():
    """The rest of it is UTF-8, and stays so."""
    content = f"{JAPANESE}".encode() + b"\xff" + "é".encode()
    text, encoding = decoded(content)
    assert encoding == "utf-8"
    assert text == JAPANESE + "\udcff" + "é"
