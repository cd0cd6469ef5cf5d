"""What was found, as lines for a terminal and as documents for programs."""
