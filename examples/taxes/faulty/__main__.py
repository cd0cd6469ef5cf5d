"""That service: `python -m faulty --port 8000`."""

from __future__ import annotations

from taxes.server import serve

from faulty.counter import Counter

serve(Counter())
