"""From Telegram into JetStream: an update is confirmed to Telegram only when the stream has it."""
