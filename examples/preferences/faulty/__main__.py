"""The service of that night: `python -m faulty --port 8000`."""

from __future__ import annotations

from preferences.server import serve

from faulty import documents

serve(documents)
