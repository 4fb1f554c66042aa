"""Keeps what happened, answers questions about it, and is where those who run the bot look and act."""
