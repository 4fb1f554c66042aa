import pytest

from services.gateway.links.link import Form, Link
from services.gateway.links.seal import BadToken, ExpiredToken, Seal

SECRET = "s" * 32
LINK = Link("42-7-1", 42, -1007, Form.ORIGINAL, expires_at=1000)


def test_a_token_says_what_was_sealed_until_it_expires() -> None:
    token = Seal(SECRET).seal(LINK)
    assert Seal(SECRET).open(token, 999.0) == LINK
    with pytest.raises(ExpiredToken):
        Seal(SECRET).open(token, 1000.0)


def test_whoever_changes_any_character_of_a_token_gets_nothing() -> None:
    seal = Seal(SECRET)
    token = seal.seal(LINK)
    for place, character in enumerate(token[:-1]):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(BadToken):
            seal.open(changed, 0.0)


@pytest.mark.parametrize("token", ["", "A", "!", "ключ", "A" * 43, "A" * 100_000, "=" * 40, "-_" * 30])
def test_what_nobody_sealed_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        Seal(SECRET).open(token, 0.0)


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(BadToken):
        Seal("t" * 32).open(Seal(SECRET).seal(LINK), 0.0)


def test_the_secret_does_not_stand_in_a_token() -> None:
    assert SECRET not in Seal(SECRET).seal(LINK)
