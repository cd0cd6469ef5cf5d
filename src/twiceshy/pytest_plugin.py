"""The pytest plugin: guards of reports are test items."""

from __future__ import annotations
