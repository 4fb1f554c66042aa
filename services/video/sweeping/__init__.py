"""Puts right what a death at a bad moment, or a queue that lost something, has left behind."""
