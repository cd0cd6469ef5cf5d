"""That day's service: `python -m faulty --port 8000`."""

from __future__ import annotations

from signup.server import serve

from faulty import known

serve(known)
