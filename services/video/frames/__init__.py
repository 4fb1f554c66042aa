"""Pictures that are to be set in motion."""
