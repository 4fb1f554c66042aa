import secrets
from datetime import UTC, datetime, timedelta

from quartet.admin.v1.alert_events_pb2 import AlertCleared, AlertKind, AlertRaised

from services.admin.watch.watch import SUBJECTS, ensure_admin_events
from services.chassis.events import Publisher
from services.chassis.jetstream import Nats
from services.gateway.administration.screens import Screens
from services.gateway.matters import Matters
from services.gateway.wording import Language, Wording


async def test_what_admin_has_raised_stands_on_the_screen_with_its_page_until_it_is_cleared(
    nats: Nats,
) -> None:
    await ensure_admin_events(nats.js, replicas=1)
    publisher, matters = Publisher(nats.js, source="/quartet/admin"), Matters(nats.js)
    kind, url = AlertKind.ALERT_KIND_VIDEO_QUEUE, "https://panel.example.com/videos"

    async def tell(name: str, event: AlertRaised | AlertCleared) -> None:
        await publisher.publish(f"{SUBJECTS}.{name}", event, event_id=secrets.token_hex(8))

    await tell("alert_raised", AlertRaised(kind=kind, value=1920, limit=1800, url=url))
    screen = Screens(Wording.load(), Language.RU).alerts(
        await matters.now(), datetime.now(UTC) + timedelta(minutes=7)
    )
    assert "Видео стоят в очереди уже 32 мин" in screen.text
    assert "7 мин назад" in screen.text
    assert screen.keyboard is not None
    assert {"text": "Очередь видео ›", "url": url} in [
        button for row in screen.keyboard["inline_keyboard"] for button in row
    ]
    await tell("alert_cleared", AlertCleared(kind=kind))
    assert url not in [matter.url for matter in await matters.now()]
