"""The service without a broker: `python -m queued --port 8000`."""

from __future__ import annotations

from taxes.server import serve

from queued.intake import Intake

serve(Intake())
