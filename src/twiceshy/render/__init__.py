"""What a run looks like: events become text for people or for programs. Pure; the caller writes."""
