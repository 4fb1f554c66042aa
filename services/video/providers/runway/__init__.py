"""Runway's video models."""
