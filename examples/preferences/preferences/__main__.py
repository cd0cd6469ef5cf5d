"""The service of today: `python -m preferences --port 8000`."""

from __future__ import annotations

from preferences import documents
from preferences.server import serve

serve(documents)
