"""Reads documents, and answers questions about them with the page."""
