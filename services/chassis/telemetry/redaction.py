import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

REPLACEMENT: Final = "[redacted]"
# Shorter ones would eat ordinary words; a real secret is never so short.
MIN_SECRET_CHARACTERS: Final = 4
# A Telegram bot's token, also where its colon is percent-encoded. https://core.telegram.org/bots/api
BOT_CREDENTIAL: Final = r"\d{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"


class Redaction:
    """Removes secrets from text, however the text quotes or encodes them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {
            form for secret in secrets if len(secret) >= MIN_SECRET_CHARACTERS for form in _forms(secret)
        }
        # Longest first, so that a secret which contains another goes as a whole.
        alternatives = [re.escape(form) for form in sorted(known, key=len, reverse=True)]
        self._pattern = re.compile("|".join([*alternatives, BOT_CREDENTIAL]))

    def __call__(self, text: str) -> str:
        return self._pattern.sub(REPLACEMENT, text)


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
