"""The admins' panel: pages rendered on the server, for the browser and for Telegram's Mini App."""
