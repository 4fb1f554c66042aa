"""The control API: what the users of the sandbox do, and what tests may look at."""
