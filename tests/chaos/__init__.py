"""Kills everything at random while videos are made, and counts what came of it."""
