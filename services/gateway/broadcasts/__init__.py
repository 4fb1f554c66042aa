"""Messages that nobody has asked for: a ledger says who has which, the speaker brings them."""
