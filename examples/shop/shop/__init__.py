"""A small shop: a catalogue, orders, and the account pages of its customers."""
