import hmac
from hashlib import sha256
from typing import Self

KEY_BYTES = 8


class Keyring:
    """Makes the keys by which analysts know users and chats. Nobody without the secret can.

    Keys are 64 bits and never zero, which means nobody. Another secret makes other keys: what is counted
    before and after is of different people then.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, secret: str, *, bot_token: str) -> Self:
        """With the secret that was configured, else with one that follows from the bot's token."""
        if secret:
            return cls(secret.encode())
        return cls(hmac.digest(bot_token.encode(), b"quartet analytics", sha256))

    def user(self, user_id: int) -> int:
        return self._key(f"u:{user_id}") if user_id else 0

    def chat(self, chat_id: int) -> int:
        return self._key(f"c:{chat_id}") if chat_id else 0

    def _key(self, name: str) -> int:
        digest = hmac.digest(self._secret, name.encode(), sha256)
        return int.from_bytes(digest[:KEY_BYTES], "big") or 1
