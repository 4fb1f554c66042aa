from enum import StrEnum


class Language(StrEnum):
    """The languages the bot speaks, by their IETF tags."""

    RU = "ru"
    EN = "en"


# Where Russian is read more widely than English.
_RUSSIAN_READERS = frozenset({"ru", "uk", "be", "kk", "ky", "uz", "tg", "tk", "az", "hy", "tt", "ba", "cv"})


def language_of(language_code: str | None) -> Language:
    """The language for a user whose Telegram speaks `language_code`; Russian where it does not say."""
    if not language_code:
        return Language.RU
    primary = language_code.lower().replace("_", "-").partition("-")[0]
    return Language.RU if primary in _RUSSIAN_READERS else Language.EN
