"""What admins do inside Telegram, beside the panel."""
