"""The service of today: `python -m deposits --port 8000`."""

from __future__ import annotations

from deposits import pending
from deposits.server import serve

serve(pending)
