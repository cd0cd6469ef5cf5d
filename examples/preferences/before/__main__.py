"""The service of the day before: `python -m before --port 8000`."""

from __future__ import annotations

from preferences import documents
from preferences.server import serve

serve(documents, tweakable=False)
