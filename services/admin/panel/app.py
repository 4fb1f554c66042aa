import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from nats.js.kv import KeyValue
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from services.admin.clickhouse import Database
from services.admin.insight import Insight
from services.admin.panel.access.audit import AuditLog
from services.admin.panel.access.keeping import entries_bucket, sessions_bucket
from services.admin.panel.access.links import Links
from services.admin.panel.access.mini_app import MiniApp
from services.admin.panel.access.sessions import Sessions
from services.admin.panel.campaigns import open_campaigns
from services.admin.panel.cookies import Cookies
from services.admin.panel.desk import Desk, open_neighbours
from services.admin.panel.entrance import Entrance
from services.admin.panel.failures import Failures
from services.admin.panel.headers import SafeHeaders
from services.admin.panel.live import Streams
from services.admin.panel.page import Page
from services.admin.panel.pages import PAGES
from services.admin.panel.reception import Reception
from services.admin.panel.rendering import STATIC, open_templates
from services.admin.panel.settings import PanelSettings, is_loopback
from services.admin.panel.static import StaticFolder
from services.admin.panel.switchboard import open_switchboard
from services.admin.panel.wording import Wording
from services.admin.questions import Questions
from services.admin.settings import AdminSettings
from services.admin.workloads.workload import Workloads
from services.chassis.audit import Audit, ensure_audit_stream
from services.chassis.jetstream import Nats, ensure_bucket

OWN_HOSTS: Final = ("127.0.0.1", "localhost")


class Panel:
    """The panel's application, and the links that open it."""

    def __init__(self, application: Starlette, links: Links, desk: Desk) -> None:
        self.application = application
        self.links = links
        self.desk = desk


@asynccontextmanager
async def open_panel(
    settings: AdminSettings,
    nats: Nats,
    database: Database,
    questions: Questions,
    insight: Insight,
    workloads: Workloads,
    stop: asyncio.Event,
) -> AsyncIterator[Panel]:
    """Put the panel together; what it shows live ends when `stop` is set. Raises ConfigurationConflict."""
    replicas = settings.stream_replicas
    await ensure_audit_stream(nats.js, replicas=replicas)
    kept = await ensure_bucket(nats.js, sessions_bucket(settings.panel_idle_minutes * 60.0, replicas))
    entries = await ensure_bucket(nats.js, entries_bucket(replicas))
    sessions = _sessions(settings, nats, kept)
    async with open_neighbours(settings) as neighbours:
        desk = Desk(
            settings,
            nats,
            database,
            questions,
            insight,
            workloads,
            neighbours,
            sessions,
            Audit(nats.js),
            AuditLog(nats.js),
            await open_switchboard(nats, replicas=replicas),
            await open_campaigns(nats, replicas=replicas),
        )
        links = Links(entries, settings.panel_url, minutes=settings.panel_link_minutes)
        pages = [build(desk) for build in PAGES]
        yield Panel(_application(desk, links, entries, pages, stop), links, desk)


def _sessions(settings: AdminSettings, nats: Nats, bucket: KeyValue) -> Sessions:
    # Without a secret, which production refuses, sessions end with the process.
    secret = settings.panel_secret.get_secret_value() if settings.panel_secret else secrets.token_hex(32)
    name = sessions_bucket(1, 1).bucket
    return Sessions(nats.js, bucket, name, secret, hours=settings.panel_session_hours)


def _application(
    desk: Desk, links: Links, entries: KeyValue, pages: Iterable[Page], stop: asyncio.Event
) -> Starlette:
    settings, wording, templates = desk.settings, Wording.load(), open_templates()
    cookies = Cookies(is_https=settings.panel_is_https)
    streams = Streams(desk.sessions, stop)
    reception = Reception(desk, pages, cookies, wording, templates, streams)
    mini_app = MiniApp(
        settings.telegram_bot_id,
        settings.telegram_public_key,
        entries,
        fresh_seconds=settings.mini_app_fresh_seconds,
    )
    paths = frozenset(page.path for page in pages)
    entrance = Entrance(desk, reception, links, mini_app, cookies, wording, templates, paths)
    handlers: dict[Any, Any] = Failures(wording, templates).handlers()
    return Starlette(
        routes=[
            *entrance.routes(),
            *reception.routes(),
            Mount("/static", StaticFolder(directory=STATIC)),
        ],
        middleware=[
            Middleware(SafeHeaders, is_https=settings.panel_is_https),
            Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings), www_redirect=False),
        ],
        exception_handlers=handlers,
    )


def _hosts(settings: PanelSettings) -> list[str]:
    """The names that the panel answers to: no other site's name may lead here."""
    host = urlsplit(settings.panel_url).hostname or ""
    return [*OWN_HOSTS] if is_loopback(host) else [host]
