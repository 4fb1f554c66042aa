"""Everything that leaves for Telegram: paced, recorded, sent once."""
