"""Reads postmortems from Markdown, and drafts new ones. Executes nothing of what they hold."""

from __future__ import annotations

from twiceshy.reports.parse import parse_report
from twiceshy.reports.read import read_report, read_reports
from twiceshy.reports.template import new_report

__all__ = ["new_report", "parse_report", "read_report", "read_reports"]
