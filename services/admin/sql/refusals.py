class NotAllowed(Exception):
    """An analyst's statement asks for what is not for analysts. Says what, and holds nothing secret."""
