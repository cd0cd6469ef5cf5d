"""The installed command on a folder of reports: found, checked, followed up, written on."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

TWICESHY = str(Path(sys.executable).with_name("twiceshy"))

LOCKS = """\
+++
title = "Orders stopped behind a migration"
date = 2026-03-14
severity = "sev1"
status = "published"
visibility = "public"
services = ["orders"]
tags = ["migration"]
internal = ["Acme GmbH"]
+++

## Summary

Orders failed for 40 minutes. Acme GmbH called first.

## Impact

300 users saw errors.

## Root cause

A migration took an exclusive lock on `orders`.

## Detection

A customer told us.

## Timeline

- 14:05 UTC Orders fail
- 14:45 UTC Migration stopped, service restored

## Action items

- [ ] Alert on waits above 2 s (@ana, due 2026-03-20)
- [ ] Lock time-out of 1 s in every migration (@ben)
"""
SPANISH = """\
# Caída de los depósitos del 2 de febrero de 2026

## Resumen

La lista de depósitos falló durante 30 minutos para todos los usuarios.

## Causa raíz

Una migración bloqueó la tabla `orders` y nadie pudo escribir.

## Acciones

- [x] Prueba de la migración (@carla, vence 2026-02-10)
"""
JAPANESE = """\
+++
title = "決済サービスの障害"
date = 2026-01-05
visibility = "restricted"
+++

## 概要

移行スクリプトの排他ロックで決済が30分間停止した。
"""


class Folder:
    """A project with three reports."""

    def __init__(self, path: Path):
        self.path = path
        reports = path / "postmortems"
        reports.mkdir()
        self.configure("")
        for name, text in (("locks", LOCKS), ("caida", SPANISH), ("kessai", JAPANESE)):
            (reports / f"{name}.md").write_text(text, encoding="utf-8")

    def configure(self, more):
        (self.path / "twiceshy.toml").write_text(f'reports = "postmortems"\n{more}')

    def report(self, name):
        return self.path / "postmortems" / f"{name}.md"

    def call(self, *words, columns=80, env=None):
        """The command, without colours."""
        settings = {"NO_COLOR": "1", "COLUMNS": str(columns), "TZ": "UTC", **(env or {})}
        return subprocess.run(
            [TWICESHY, *words],
            cwd=self.path,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def document(self, *words):
        return json.loads(self.call(*words, "--format", "json").stdout)


@pytest.fixture
def folder(tmp_path):
    """A project with reports in three languages."""
    return Folder(tmp_path)


def ids(document):
    """The reports that were found."""
    return [hit["report"]["id"] for hit in document["hits"]]


def test_search(folder):
    """Words of any language; filters; nothing found is 1."""
    assert ids(folder.document("reports", "search", "deposito")) == ["caida"]
    assert ids(folder.document("reports", "search", "排他")) == ["kessai"]
    assert ids(folder.document("reports", "search", "--service", "orders")) == ["locks"]
    assert set(ids(folder.document("reports", "search", "-排他", "-how"))) == {"locks", "caida"}
    nothing = folder.call("reports", "search", "nowhere")
    assert (nothing.returncode, nothing.stdout) == (1, "no report holds nowhere\n")


def test_search_by_audience(folder):
    """What an audience may not see is not found, and not told."""
    public = folder.call("reports", "search", "--audience", "public").stdout
    assert "Orders stopped" in public
    assert "Acme" not in public
    assert "決済" not in public
    assert folder.call("reports", "search", "Acme", "--audience", "public").returncode == 1


def test_similar(folder):
    """Another language, the same failure; with reasons."""
    document = folder.document("reports", "similar", "locks")
    first = document["similar"][0]
    assert first["report"]["id"] == "caida"
    assert {"mechanism", "names"} <= {reason["because"] for reason in first["reasons"]}
    wrong = folder.call("reports", "similar", "lokcs")
    assert wrong.returncode == 2
    assert "Did you mean locks?" in wrong.stderr


def test_stats(folder):
    """Counts, times, coverage."""
    document = folder.document("reports", "stats")
    assert document["reports"] == 3
    assert document["by_severity"]["sev1"] == 1
    assert document["coverage"]["guarded"] == 0
    assert document["duration"]["reports"] >= 1
    assert folder.document("reports", "stats", "--audience", "public")["reports"] == 1


def test_actions(folder):
    """Overdue first; by owner; as a table for spreadsheets."""
    document = folder.document("actions")
    assert [one["state"] for one in document["actions"]] == ["overdue", "open", "done"]
    assert document["actions"][0]["owner"] == "ana"
    text = folder.report("locks").read_text().splitlines()
    assert "waits above" in text[document["actions"][0]["line"] - 1]
    rows = list(csv.DictReader(io.StringIO(folder.call("actions", "--format", "csv").stdout)))
    assert [row["owner"] for row in rows] == ["ana", "ben", "carla"]
    only = folder.document("actions", "--owner", "Ben")
    assert [one["text"] for one in only["actions"]] == ["Lock time-out of 1 s in every migration"]
    assert len(folder.document("actions", "--overdue")["actions"]) == 1


def test_overdue_fails_where_the_project_says_so(folder):
    """0 as it is, 1 with the key."""
    assert folder.call("actions").returncode == 0
    folder.configure("[actions]\nfail_overdue = true\n")
    assert folder.call("actions").returncode == 1
    assert folder.call("actions", "--owner", "ben").returncode == 0


def test_lint(folder):
    """Warnings fail with --strict, errors always; JSON has file, line, rule."""
    assert folder.call("reports", "lint", "locks", "--strict").returncode == 1
    found = folder.document("reports", "lint", "locks")["remarks"]
    (one,) = [remark for remark in found if remark["rule"] == "action-without-due"]
    assert (one["severity"], one["file"]) == ("warning", "postmortems/locks.md")
    assert "every migration" in LOCKS.splitlines()[one["line"] - 1]
    path = folder.report("locks")
    path.write_text(LOCKS.replace("for 40 minutes", "from 14:05 to 14:45. It lasted 3 hours"))
    told = folder.call("reports", "lint", "locks")
    assert told.returncode == 1
    assert "duration-against-timeline" in told.stdout
    rules = folder.call("reports", "lint", "--rules")
    assert "blame-by-name" in rules.stdout


def test_lint_mends_only_slips(folder):
    """Not another byte, and the file's permissions stay."""
    path = folder.report("locks")
    wrong = LOCKS.replace("- [ ] Alert", "- [] Alert").replace("2026-03-20", "2026/3/20")
    path.write_bytes(wrong.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert "1 file mended" in folder.call("reports", "lint", "--fix").stdout
    assert path.read_bytes() == LOCKS.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_log(folder):
    """A line in the form of the others, at its place; the rest to the byte."""
    path = folder.report("locks")
    done = folder.call("log", "locks", "First caller", "--at", "2026-03-14 14:20")
    place = LOCKS.splitlines().index("- 14:45 UTC Migration stopped, service restored")
    assert done.stdout == f"postmortems/locks.md:{place + 1}: - 14:20 UTC First caller\n"
    before, after = LOCKS.splitlines(), path.read_text().splitlines()
    assert after == [*before[:place], "- 14:20 UTC First caller", *before[place:]]
    done = folder.call("log", str(path), "Still fine")
    assert done.returncode == 0
    assert path.read_text().splitlines()[place + 2].endswith("Still fine")
    assert folder.call("log", "locks", "-5 % of orders", "--at", "2026-03-14 14:50").returncode == 0
    assert "- 14:50 UTC -5 % of orders\n" in path.read_text()


def test_log_begins_a_timeline(folder):
    """In the language of the report."""
    done = folder.call("log", "caida", "Servicio restablecido", "--at", "2026-02-02 10:00 +01:00")
    assert done.returncode == 0
    text = folder.report("caida").read_text()
    assert text.endswith("\n## Cronología\n\n- 2026-02-02 09:00 UTC: Servicio restablecido\n")
    assert text.startswith(SPANISH)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("log", "lokcs", "x"), "Did you mean locks?"),
        (("log", "locks", "x", "--at", "soon"), "This is no time"),
        (("log", "postmortems", "x"), "3 reports"),
    ],
)
def test_log_refuses(folder, words, says):
    """And changes nothing."""
    done = folder.call(*words)
    assert done.returncode == 2
    assert says in done.stderr
    assert folder.report("locks").read_text() == LOCKS


def test_many_log_at_once(folder):
    """No line is lost."""
    command = [TWICESHY, "log", "locks"]
    running = [
        subprocess.Popen([*command, f"line {number}"], cwd=folder.path, stdout=subprocess.DEVNULL)
        for number in range(3)
    ]
    assert [process.wait(timeout=60) for process in running] == [0] * 3
    text = folder.report("locks").read_text()
    assert all(f"line {number}\n" in text for number in range(3))


def test_a_report_can_be_begun_in_the_group(folder):
    """`new` is short for `reports new`."""
    done = folder.call("reports", "new", "What happened", "--date", "2026-04-01")
    assert done.stdout == "postmortems/2026-04-01-what-happened.md\n"


def test_lint_passes_over_what_is_no_report(folder):
    """A README beside the reports is not asked for a root cause, unless it is named."""
    (folder.path / "postmortems" / "README.md").write_text("# Reports\n\nHere they are.\n")
    every = folder.call("reports", "lint").stdout
    assert "README.md" not in every
    assert "README.md" in folder.call("reports", "lint", "README").stdout


def test_nothing_is_written_through_a_link_that_leads_out(folder, tmp_path_factory):
    """Neither by log nor by lint --fix: a clone may hold any link."""
    out = tmp_path_factory.mktemp("elsewhere") / "notes.md"
    text = LOCKS.replace("- [ ] Alert", "- [] Alert")
    out.write_text(text)
    (folder.path / "postmortems" / "far.md").symlink_to(out)
    done = folder.call("log", "far", "x")
    assert done.returncode == 2
    assert "leads out of the project" in done.stderr
    folder.call("reports", "lint", "far", "--fix")
    assert out.read_text() == text
