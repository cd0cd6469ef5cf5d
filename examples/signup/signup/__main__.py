"""The service of today: `python -m signup --port 8000`."""

from __future__ import annotations

from signup import known
from signup.server import serve

serve(known)
