"""Requests as they go over the wire, and the credentials that actors send with them."""
