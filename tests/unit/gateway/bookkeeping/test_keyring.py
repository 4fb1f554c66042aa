import hmac
from hashlib import sha256

from services.gateway.bookkeeping.keyring import Keyring

SECRET = "s" * 32


def test_a_key_is_the_first_eight_bytes_of_a_keyed_hash() -> None:
    keyring = Keyring.of(SECRET, bot_token="7:t")
    digest = hmac.digest(SECRET.encode(), b"u:42", sha256)
    assert keyring.user(42) == int.from_bytes(digest[:8], "big")


def test_a_private_chat_and_its_user_have_keys_that_do_not_lead_to_each_other() -> None:
    keyring = Keyring.of(SECRET, bot_token="7:t")
    assert keyring.user(42) != keyring.chat(42)


def test_nobody_has_the_key_of_nobody() -> None:
    keyring = Keyring.of(SECRET, bot_token="7:t")
    assert (keyring.user(0), keyring.chat(0)) == (0, 0)


def test_keys_depend_on_the_secret_and_not_on_the_token_beside_it() -> None:
    first = Keyring.of(SECRET, bot_token="7:t").user(42)
    assert Keyring.of(SECRET, bot_token="7:renewed").user(42) == first
    assert Keyring.of("t" * 32, bot_token="7:t").user(42) != first
    assert Keyring.of("", bot_token="7:t").user(42) != Keyring.of("", bot_token="7:u").user(42)
