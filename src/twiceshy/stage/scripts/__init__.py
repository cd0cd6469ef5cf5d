"""Database scripts on the stage: what they lock, and who waits for them."""
