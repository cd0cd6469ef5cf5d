"""Transactions in parallel, at peak and with faults: each acknowledged one exists exactly once."""
