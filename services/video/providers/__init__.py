"""The vendors of video models."""
