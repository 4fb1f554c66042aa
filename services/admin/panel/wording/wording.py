from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Self

from fluent.runtime import FluentBundle, FluentResource


class Language(StrEnum):
    RU = "ru"
    EN = "en"


class Wording:
    """Says what the panel has to say. The sentences are Fluent catalogues: https://projectfluent.org."""

    def __init__(self, catalogues: Mapping[Language, str]) -> None:
        self._bundles = {language: _bundle(language, text) for language, text in catalogues.items()}

    @classmethod
    def load(cls) -> Self:
        """The catalogues that come with this package."""
        folder = files(__package__)
        return cls({language: folder.joinpath(f"{language}.ftl").read_text("utf-8") for language in Language})

    def say(self, key: str, language: Language, **arguments: str | float) -> str:
        """The sentence `key`. Raises LookupError for an unknown key or a missing argument."""
        bundle = self._bundles[language]
        if not bundle.has_message(key):
            raise LookupError(f"{key} is not worded in {language}")
        pattern = bundle.get_message(key).value
        if pattern is None:
            raise LookupError(f"{key} has no text in {language}")
        text, errors = bundle.format_pattern(pattern, arguments)
        if errors:
            raise LookupError(f"{key} in {language}: {errors[0]}")
        return str(text)

    def knows(self, key: str) -> bool:
        return self._bundles[Language.EN].has_message(key)


def language_of(accepted: str) -> Language:
    """Choose by an Accept-Language header: the first that is ours, else English."""
    for part in accepted.lower().split(","):
        code = part.split(";")[0].strip().split("-")[0]
        if code in tuple(Language):
            return Language(code)
    return Language.EN


def _bundle(language: Language, text: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(text))
    return bundle
