"""A strict local stand-in for the Telegram Bot API, with a control API that plays the users."""
