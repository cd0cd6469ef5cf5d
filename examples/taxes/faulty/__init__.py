"""The service as it was made for the line at the town hall, one payment after another."""
