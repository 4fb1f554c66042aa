"""What the services that ask AI vendors share: how a vendor is reached and read, and who is asked in turn.

`openai` and `google` hold what any API of that vendor needs; what is asked is the services' own.
"""
