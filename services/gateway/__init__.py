"""Between Telegram and the services: takes updates in, speaks for the chats, delivers answers."""
