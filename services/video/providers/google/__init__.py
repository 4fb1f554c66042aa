"""Google's video models, through the Interactions API."""
