"""`python -m twiceshy` is `twiceshy`."""

from __future__ import annotations

from twiceshy.cli import main

if __name__ == "__main__":
    main()
