"""The steps by which the database came to be what it is: numbered SQL files, each done once."""
