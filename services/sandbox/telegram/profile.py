from dataclasses import dataclass, field

from services.sandbox.telegram.wire import Json


@dataclass(slots=True)
class BotProfile:
    """What the bot says about itself; texts are kept per language code ("" is the default)."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    # (scope, language) -> commands
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    # chat id (0 is the default) -> button
    menu_buttons: dict[int, Json] = field(default_factory=dict)

    def commands_for(self, scopes: list[str], language_code: str) -> list[Json]:
        """The commands of the first scope that has some, in the user's language or for all."""
        for scope in scopes:
            for language in (language_code, ""):
                if commands := self.commands.get((scope, language)):
                    return commands
        return []
