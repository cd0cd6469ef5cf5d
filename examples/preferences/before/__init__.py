"""The service as it was the day before: nothing to tweak, nothing to download."""
