"""The service of that morning: `python -m faulty --port 8000`."""

from __future__ import annotations

from deposits.server import serve

from faulty import pending

serve(pending)
