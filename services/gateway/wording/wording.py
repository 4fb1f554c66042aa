from collections.abc import Mapping
from importlib.resources import files
from typing import Self

from fluent.runtime import FluentBundle, FluentResource

from services.chassis.errors import QuartetError
from services.gateway.wording.language import Language
from services.gateway.wording.waiting import waiting


class Wording:
    """Says what the bot has to say. The sentences are Fluent catalogues: https://projectfluent.org."""

    def __init__(self, catalogues: Mapping[Language, str]) -> None:
        self._bundles = {language: _bundle(language, text) for language, text in catalogues.items()}

    @classmethod
    def load(cls) -> Self:
        """The catalogues that come with this package."""
        package = files(__package__)
        return cls(
            {language: package.joinpath(f"{language}.ftl").read_text("utf-8") for language in Language}
        )

    def say(self, key: str, language: Language, **arguments: str | int) -> str:
        """The sentence `key`. Raises LookupError for an unknown key or a missing argument."""
        bundle = self._bundles[language]
        pattern = bundle.get_message(key).value
        if pattern is None:
            raise LookupError(f"{key} has no text in {language}")
        text, errors = bundle.format_pattern(pattern, arguments)
        if errors:
            raise LookupError(f"{key} in {language}: {errors[0]}")
        return str(text)

    def error(self, error: QuartetError, language: Language) -> str:
        """What happened and what to do about it, in plain words, with the time to wait where it is known."""
        pause = waiting(error.retry_after_seconds)
        key = error.reason.removeprefix("ERROR_REASON_").lower().replace("_", "-")
        return self.say(
            f"error-{key}",
            language,
            wait=self.say(pause.key, language, count=pause.number),
            problem=error.metadata.get("problem", ""),
            limit=error.metadata.get("limit", ""),
            quota=error.metadata.get("quota", ""),
            scope=error.metadata.get("scope", ""),
            resource=error.metadata.get("resource", ""),
        )


def _bundle(language: Language, text: str) -> FluentBundle:
    # The marks that isolate right-to-left names would be counted, copied and searched.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(text))
    return bundle
