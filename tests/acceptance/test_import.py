from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TEXTS = Path(__file__).parents[1] / "unit" / "reports" / "prose" / "texts"
LOOKALIKES = TEXTS.with_name("lookalikes")
GUIDE = LOOKALIKES / "guide.md"
FACTS = ("title", "language", "started_at", "detected_at", "resolved_at", "ended_at")


def call(cwd, *words, stdin=b""):
    """`twiceshy import`, in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "twiceshy", "import", *map(str, words)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_a_folder_becomes_reports_that_keep_their_originals(tmp_path):
    """Each in a file of its own; a second time nothing is written."""
    done = call(tmp_path, TEXTS, "--to", "reports")
    assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "reports").iterdir())
    assert len(files) == 22
    assert b"22 reports, 0 refused" in done.stdout
    report = tmp_path / "reports" / "2024-05-06-when-the-cart-caught-fire.md"
    original = call(tmp_path, "--original", report)
    assert original.stdout == (TEXTS / "student.md").read_bytes()
    again = call(tmp_path, TEXTS, "--to", "reports")
    assert b"imported before" in again.stdout
    assert sorted((tmp_path / "reports").iterdir()) == files


def test_a_file_of_the_same_name_is_never_overwritten(tmp_path):
    """The new report gets a number."""
    (tmp_path / "reports").mkdir()
    there = tmp_path / "reports" / "2024-05-06-when-the-cart-caught-fire.md"
    there.write_text("mine")
    assert call(tmp_path, TEXTS / "student.md", "--to", "reports").returncode == 0
    assert there.read_text() == "mine"
    assert there.with_name("2024-05-06-when-the-cart-caught-fire-2.md").exists()


def test_without_a_project_reports_go_to_postmortems(tmp_path):
    """With one, into its folder of reports."""
    call(tmp_path, TEXTS / "guasto.md")
    assert len(list((tmp_path / "postmortems").iterdir())) == 1
    (tmp_path / "twiceshy.toml").write_text('reports = "incidents"\n')
    call(tmp_path, TEXTS / "guasto.md")
    assert len(list((tmp_path / "incidents").iterdir())) == 1


def test_the_document_for_programs(tmp_path):
    """Every fact with value, alternatives, confidence and span; nothing is written."""
    done = call(tmp_path, TEXTS / "panne.html", "--format", "json")
    document = json.loads(done.stdout)
    assert document["is_postmortem"] is True
    (report,) = document["reports"]
    for name in (*FACTS, "duration_minutes", "detected_by"):
        assert set(report[name]) == {"value", "alternatives", "confidence", "span"}
    assert report["language"]["value"] == "fr"
    assert report["started_at"]["value"] == "2025-02-03T08:10"
    assert report["sections"]["root_causes"] is True
    assert report["sections"]["lessons_learned"] is False
    assert [entry["at"] for entry in report["timeline"]][-1] == "2025-02-03T09:00"
    assert {"text", "owner", "due", "done"} <= set(report["action_items"][0])
    assert {"kind", "score", "because"} <= set(report["suggested_kind"])
    text = (TEXTS / "panne.html").read_bytes().decode()
    start, end = report["title"]["span"]
    assert "Panne de la recherche" in text[start:end]
    assert list(tmp_path.iterdir()) == []


def test_several_texts_are_one_document(tmp_path):
    """Refused ones stand in it with their reasons, and with `--to` so do the files."""
    done = call(tmp_path, TEXTS / "zwei.md", GUIDE, "--format", "json", "--to", tmp_path / "here")
    assert done.returncode == 1
    first, second = json.loads(done.stdout)["texts"]
    assert len(first["reports"]) == len(first["files"]) == 2
    assert (second["is_postmortem"], second["reports"]) == (False, [])
    assert "how postmortems are written" in second["reason"]


def test_what_is_refused_fails_only_when_it_was_named(tmp_path):
    """A folder may hold a guide beside its reports."""
    folder = tmp_path / "wiki"
    folder.mkdir()
    for path in (GUIDE, TEXTS / "guasto.md"):
        (folder / path.name).write_bytes(path.read_bytes())
    assert call(tmp_path, folder).returncode == 0
    assert call(tmp_path, folder / "guide.md").returncode == 1
    assert call(tmp_path, LOOKALIKES).returncode == 1


@pytest.mark.parametrize("words", [(), ("nowhere.md",), ("--original", "nowhere.md")])
def test_what_cannot_be_asked_for(tmp_path, words):
    """Is exit code 2, with what to do."""
    assert call(tmp_path, *words).returncode == 2


def test_standard_input_is_a_text_too(tmp_path):
    """Told on the terminal, with lines and what is uncertain."""
    done = call(tmp_path, "-", "--dry-run", stdin=(TEXTS / "student.md").read_bytes())
    told = done.stdout.decode()
    assert "standard input" in told
    assert "2024-05-06T09:15 EAT" in told
    assert "line 9" in told
    assert list(tmp_path.iterdir()) == []


def test_hostile_files_are_refused_or_read(tmp_path):
    """Fifty megabytes, what is no text, a link in a circle, a title that is a path, a script."""
    wiki = tmp_path / "wiki"
    wiki.mkdir()
    (wiki / "long.md").write_bytes(b"It failed at 10:00. " * 2_500_000)
    (wiki / "noise.md").write_bytes(bytes(range(256)) * 100)
    (wiki / "circle.md").symlink_to(wiki / "circle.md")
    (wiki / "up").symlink_to(wiki)
    report = (TEXTS / "guasto.md").read_text("utf-8")
    (wiki / "path.md").write_text(f"---\ntitle: ../../../etc/x\n---\n{report}")
    (wiki / "script.md").write_text(f"# <script>alert(1)</script> \x1b[31mred\n{report}")
    done = call(tmp_path, wiki, "--to", "out")
    assert done.returncode == 0, done.stderr
    assert b"too long" in done.stdout
    assert b"\x1b[31m" not in done.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert "2023-09-12-etc-x.md" in names
    assert {path.name for path in tmp_path.iterdir()} == {"wiki", "out"}
