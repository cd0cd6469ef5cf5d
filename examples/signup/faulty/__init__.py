"""The service as it was on the first day of the campaign."""
