"""Stand-ins for Telegram and the AI vendors, for a machine without tokens, keys or a network."""
