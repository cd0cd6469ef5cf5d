"""Load by the open model: arrivals on a schedule, each attempt written down in a ledger."""
