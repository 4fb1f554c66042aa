"""Rich messages: what bots may pass and the blocks Telegram makes of it."""
