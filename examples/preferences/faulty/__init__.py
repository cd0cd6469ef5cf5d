"""The service as it was that night: all of today's but `documents.py`."""
