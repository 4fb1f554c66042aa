from services.gateway.admin_client import Doors
from services.gateway.buttons import Keyboard
from services.gateway.turns import Part
from services.gateway.wording import Language, Wording

HTTPS = "https://"


def doors_of(doors: Doors, wording: Wording, language: Language) -> Part:
    """The ways into the panel, for their owner alone."""
    # Telegram takes no buttons that lead to this machine, so its address stands in the text.
    if not doors.url.startswith(HTTPS):
        return Part(text=wording.say("admin-link", language, url=doors.url))
    rows: list[list[dict[str, object]]] = [
        [{"text": wording.say("admin-open-browser", language), "url": doors.url}]
    ]
    if doors.mini_app_url:
        app: dict[str, object] = {
            "text": wording.say("admin-open-app", language),
            "web_app": {"url": doors.mini_app_url},
        }
        rows.insert(0, [app])
    keyboard: Keyboard = {"inline_keyboard": rows}
    return Part(text=wording.say("admin-doors", language), keyboard=keyboard)
