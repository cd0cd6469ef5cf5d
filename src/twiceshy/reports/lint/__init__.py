"""What a report leaves out, contradicts or promises nobody: rules with names and reasons."""

from __future__ import annotations

from twiceshy.reports.lint.check import lint
from twiceshy.reports.lint.mending import mended
from twiceshy.reports.lint.rules import RULES, Remark, Rule, Severity
from twiceshy.reports.lint.subject import Subject

__all__ = ["RULES", "Remark", "Rule", "Severity", "Subject", "lint", "mended"]
