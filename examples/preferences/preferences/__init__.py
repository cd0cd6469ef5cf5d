"""How each account wants its cloud providers configured: kept, tweaked, downloaded."""
