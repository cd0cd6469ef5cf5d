"""The project's configuration file: its records, how it is found, read and checked."""

from __future__ import annotations

from twiceshy.config.load import load_project
from twiceshy.config.placeholders import fill
from twiceshy.config.project import Project

__all__ = ["Project", "fill", "load_project"]
