"""Signed addresses of videos that are too large to be sent, and the site that they lead to."""
