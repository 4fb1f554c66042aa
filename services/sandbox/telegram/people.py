from dataclasses import dataclass

from services.sandbox.telegram.wire import Json


@dataclass(slots=True)
class User:
    """A person, or the bot. `started` and `blocked` tell how the person stands to the bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False

    def to_json(self) -> Json:
        json: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                json[name] = value
        return json
