"""The same without a broker: payments wait in a queue inside of PostgreSQL."""
