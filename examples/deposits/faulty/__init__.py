"""The service as it was on the morning of the incident: all of today's but `pending.py`."""
