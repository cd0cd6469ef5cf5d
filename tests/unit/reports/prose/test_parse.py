from __future__ import annotations

import pytest

from twiceshy.reports.prose.document import Form
from twiceshy.reports.prose.parse import parse_document


def blocks(text, name="report.md"):
    """The blocks of a text that holds one report."""
    (document,) = parse_document(text, name)
    return document.blocks


def shown(text, name="report.md"):
    """Form, section and words of each block."""
    return [(block.form.value, block.section, block.text) for block in blocks(text, name)]


@pytest.mark.parametrize(
    "heading",
    [
        "## Impact",
        "##Impact",
        "## Impact ##",
        "#### **Impact:**",
        "Impact\n------",
        "**Impact**",
        "**Impact:**",
        "__Impact__",
        "⚠️ **Impact**",
        "Impact:",
        "IMPACT",
        "<h2 align='center'>Impact</h2>",
        "<h3>\n  Impact\n</h3>",
        "## 3. Impact",
        "## <a name='i'></a>Impact",
        "## [Impact](#impact)",
        "> ## Impact",
        "## Impacto",
        "## 影響範囲",
        "## Impatto sugli utenti",
        "## Auswirkungen auf Kunden",
        "## Who was affected?",
    ],
)
def test_headings_of_any_make_open_a_section(heading):
    """Level, emphasis, HTML, numbers, signs and language do not matter."""
    found = shown(f"# A bad day\n\nIntro.\n\n{heading}\n\nNobody could pay.\n")
    assert found[-1] == ("paragraph", "impact", "Nobody could pay.")
    assert found[-2][:2] == ("heading", "impact")


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("**Impact:** nobody could pay", "nobody could pay"),
        ("**Impact**: nobody could pay", "nobody could pay"),
        ("Impact: nobody could pay", "nobody could pay"),
        ("- **Impact**: nobody could pay", "nobody could pay"),
        ("* Impact: nobody could pay", "nobody could pay"),
        ("**<span style='color: red'>Impact:</span>** nobody could pay", "nobody could pay"),
        ("<b>Impact:</b> nobody could pay", "nobody could pay"),
        ("**影響：** 支払いができなかった", "支払いができなかった"),
    ],
)
def test_a_label_is_a_heading_before_its_text(line, rest):
    """Both are blocks of the section, each with its own place."""
    heading, text = blocks(line + "\n")
    assert (heading.form, heading.level, heading.section) == (Form.HEADING, 7, "impact")
    assert (text.text, text.section) == (rest, "impact")
    assert line[text.span.start : text.span.end].startswith(rest[:6])


def test_the_section_of_a_labelled_item_ends_with_the_item():
    """The neighbours of an item belong to the section around them."""
    found = shown("## Summary\n- **Impact**: all\n  - also staff\n- It took an hour\n")
    assert [section for _, section, _ in found] == [
        "summary",
        "impact",
        "impact",
        "impact",
        "summary",
    ]


def test_phases_of_a_timeline_are_no_sections():
    """Below a timeline and below action items, names of sections sort what stands there."""
    text = (
        "## Timeline\n### Detection\n- 10:00 alarm\n- Resolution: 11:00 mended\n"
        "## Action items\n### Mitigation\n- more disks\n- Detection: alarm on disks\n"
        "## Lessons learned\nNone.\n"
    )
    sections = [section for _, section, _ in shown(text)]
    assert sections == ["timeline"] * 4 + ["action items"] * 4 + ["lessons learned"] * 2
    assert shown(text)[3][2] == "Resolution: 11:00 mended"


def test_headings_that_are_only_a_day_go_on_with_the_timeline():
    """Some reports put each day of a timeline on the level of the timeline itself."""
    found = shown("## Summary\nx\n## Timeline\nUTC\n## July 22\n9:00 a\n## 2024-07-23\n9:00 b\n")
    assert {section for _, section, _ in found[2:]} == {"timeline"}


def test_items_have_depth_number_and_state():
    """Nested, numbered and ticked, with the lines that go on in them."""
    text = "- a\n  - b\n    goes on\n1. [x] c\n2) [ ] d\n• e\n* [link](x) f\n☐ g\n"
    items = [(item.text, item.level, item.number, item.checked) for item in blocks(text)]
    assert items == [
        ("a", 0, "", None),
        ("b\ngoes on", 1, "", None),
        ("c", 0, "1.", True),
        ("d", 0, "2)", False),
        ("e", 0, "", None),
        ("link f", 0, "", None),
        ("g", 0, "", False),
    ]


def test_a_german_date_is_no_item():
    """`3. März` begins a sentence, not a list."""
    assert blocks("3. März 2024 um 10 Uhr fiel der Dienst aus.\n")[0].form is Form.PARAGRAPH


def test_tables_have_rows_with_cells_and_columns():
    """With or without bars at the ends; a bar in code parts no cells."""
    text = "| Time | What |\n|---|:-:|\n| 10:00 | **it** `a|b` |\n\nA | B\n--|--\n1 | 2\n"
    rows = [(row.cells, row.columns, row.bold) for row in blocks(text)]
    assert rows == [
        (("10:00", "it a|b"), ("Time", "What"), ("it",)),
        (("1", "2"), ("A", "B"), ()),
    ]


def test_the_head_of_a_table_that_says_something_is_a_row():
    """People write fields as a table whose head is the first of them."""
    rows = blocks("| Date | 2024-01-02 |\n|---|---|\n| Severity | high |\n")
    assert [row.cells for row in rows] == [("Date", "2024-01-02"), ("Severity", "high")]


def test_code_is_one_block():
    """Its lines are nobody's headings or items; an unclosed fence reaches to the end."""
    text = "```sh\n# Impact\n- rm\n```\nafter\n~~~\n## Timeline\n"
    found = shown(text)
    assert found == [
        ("code", "", "# Impact\n- rm"),
        ("paragraph", "", "after"),
        ("code", "", "## Timeline"),
    ]


def test_what_no_reader_sees_is_left_out():
    """Comments, scripts, styles, shortcodes, link targets, pictures and anchors."""
    text = (
        "<!-- ## Timeline -->\n<script>10:00</script>\n{{< note >}}\n![p](p.png)\n"
        "[words](https://example.org/a_b) &amp; <https://example.org> <span id=x>on</span>\n"
        "[ref]: https://example.org\n"
    )
    assert shown(text) == [("paragraph", "", "words & https://example.org on")]


def test_every_place_is_in_the_original_to_the_letter():
    """Also behind a mark of order, front matter, carriage returns and tags."""
    text = "\ufeff---\r\ntitle: x\r\n---\r\n<p>é</p>\r\n\r\n## Impact\r\n\r\n- **All** of us\r\n"
    found = blocks(text)
    places = [text[block.span.start : block.span.end] for block in found]
    assert places == ["é", "## Impact", "- **All** of us"]
    assert [block.text for block in found] == ["é", "Impact", "All of us"]


def test_html_reads_like_markdown():
    """Headings, nested marks, lists, cells and entities."""
    text = (
        "<!doctype html><body><h2>R&eacute;sum&eacute;</h2><p>Une <em>panne</em>.</p>"
        "<ul><li>un</li><li>deux</li></ul><table><tr><th>Heure</th><th>Quoi</th></tr>"
        "<tr><td>8h10</td><td>a\nb</td></tr></table><pre>x &lt; y</pre></body>"
    )
    found = blocks(text, "panne.html")
    assert [(block.form.value, block.text) for block in found] == [
        ("heading", "Résumé"),
        ("paragraph", "Une panne."),
        ("item", "un"),
        ("item", "deux"),
        ("row", "8h10 | a b"),
        ("code", "x &lt; y"),
    ]
    assert found[4].columns == ("Heure", "Quoi")


def test_restructured_text_reads_like_markdown():
    """Underlined titles, fields, roles, directives and both kinds of tables."""
    text = (
        "Ausfall\n=======\n\n:Datum: 2024-01-02\n\n.. image:: a.png\n   :alt: nichts\n\n"
        "Ursache\n-------\n\nEin :ref:`Fehler <f>` in `dem Dienst <x>`_.\n\n"
        "====  ====\nZeit  Was\n====  ====\n8:00  aus\n====  ====\n\n#. eins\n#. zwei\n"
    )
    found = [(block.form.value, block.section, block.text) for block in blocks(text, "a.rst")]
    assert found == [
        ("heading", "", "Ausfall"),
        ("paragraph", "", "Datum: 2024-01-02"),
        ("heading", "root causes", "Ursache"),
        ("paragraph", "root causes", "Ein Fehler in dem Dienst ."),
        ("row", "root causes", "8:00 | aus"),
        ("item", "root causes", "eins"),
        ("item", "root causes", "zwei"),
    ]


def test_a_component_file_has_neither_imports_nor_components():
    """MDX mixes code of a page with its text."""
    text = "import A from 'a'\nexport const b = 1\n\n<Callout emoji='x'>\n\n# Down\n\n</Callout>\n"
    assert shown(text, "a.mdx") == [("heading", "", "Down")]


def test_front_matter_is_read_and_is_no_text():
    """TOML, YAML, and what only resembles them."""
    for text in (
        '+++\ntitle = "A"\nhide = true\n+++\nText.\n',
        "---\ntitle: A\nhide: true\n---\nText.\n",
        "---\ntitle: A\nhide: [true\n---\nText.\n",
    ):
        (document,) = parse_document(text, "a.md")
        assert document.front_matter["title"] == "A"
        assert document.front_matter["hide"] in (True, "[true")
        assert [block.text for block in document.blocks] == ["Text."]


def test_a_rule_across_the_page_is_no_front_matter():
    """Many texts begin with one."""
    (document,) = parse_document("---\n\nAll was well.\n\n---\n", "a.md")
    assert (document.front_matter, [block.text for block in document.blocks]) == (
        {},
        ["All was well."],
    )


def test_two_incidents_are_two_documents():
    """Whose places follow each other without a gap."""
    part = "## {}\n### Summary\nIt broke.\n### Root cause\nA slip.\n### Timeline\n- 10:00 a\n"
    text = "# Week 12\nTwo of them.\n" + part.format("Monday") + part.format("Friday")
    first, second = parse_document(text, "week.md")
    assert (first.part.start, first.part.end) == (0, text.index("## Friday"))
    assert (second.part.start, second.part.end) == (text.index("## Friday"), len(text))
    assert [document.blocks[0].text for document in (first, second)] == ["Monday", "Friday"]


def test_the_halves_of_one_incident_stay_together():
    """A summary with a root cause, and a section about it later, are no two incidents."""
    text = (
        "# Outage\n## Summary\n- Impact: all\n- Root cause: disk\n## Timeline\n- 10:00 a\n"
        "## Root cause and resolution\n- Root cause: disk\n- Resolution: more\n"
        "## Details\n### Impact\nx\n## Further\n### Root cause\ny\n"
    )
    assert len(parse_document(text, "a.md")) == 1


def test_tags_in_code_are_text():
    """`<title>` between backticks or fences opens nothing and hides nothing."""
    text = (
        "# Pages without titles\n\n## Summary\n\nPages had no `<title>` and no `<!-- note -->`.\n\n"
        "```html\n<script>\n```\n\n## Impact\n\nSearch engines saw <b>nothing</b>.\n"
    )
    (document,) = parse_document(text, "titles.md")
    told = [(block.section, block.text) for block in document.blocks]
    assert ("summary", "Pages had no <title> and no <!-- note -->.") in told
    assert ("impact", "Search engines saw nothing.") in told
