"""The Bot API methods, one family per module; each module lists its own in `METHODS`."""
