"""Processes with limits, for files that somebody else has made."""
