"""What people say of the bot: it is kept for a while, and answered by operators."""
