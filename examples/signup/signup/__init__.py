"""A small shop: guests buy with their personal id, and a campaign invites them to sign up."""
