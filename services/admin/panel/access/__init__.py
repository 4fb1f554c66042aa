"""Who comes in, by which door, and what is kept of what they do."""
