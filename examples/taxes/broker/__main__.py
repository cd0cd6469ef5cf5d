"""The service of today: `python -m broker --port 8000`."""

from __future__ import annotations

from taxes.server import serve

from broker.intake import Intake

serve(Intake())
