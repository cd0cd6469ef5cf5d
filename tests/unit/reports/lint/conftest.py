"""A report that has nothing to remark but its missing guard, and how it is checked."""

from __future__ import annotations

from pathlib import Path

from twiceshy.reports import parse_report
from twiceshy.reports.lint import Subject, lint
from twiceshy.reports.prose.read import read_postmortems

GOOD = """\
+++
title = "Orders stopped"
date = 2026-03-14
status = "published"
reviewers = ["hana"]
+++

## Summary

Orders failed for 40 minutes, from 14:05 to 14:45 UTC on 2026-03-14.

## Impact

300 users saw errors.

## Root cause

A migration took an exclusive lock on the table of orders.

## Detection

An alert of the monitoring fired.

## Timeline

- 2026-03-14 14:05 UTC Alert fired, orders fail.
- 2026-03-14 14:45 UTC Migration stopped, service restored.

## Action items

- [ ] Test that no migration locks for more than 1 s (@ana, due 2026-12-01)
- [x] Roll the migration back (@ben, due 2026-03-15)
"""


def checked(text, *, proved=None, reproduced=None, name="a.md"):
    """All remarks on a text."""
    report = parse_report(text, Path(name))
    told = read_postmortems(text, name).postmortems
    return lint(Subject(report, text, told, proved, reproduced))


def rules(text, **known):
    """The ids of the rules that it meets."""
    return {remark.rule.id for remark in checked(text, **known)}
