import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import ApiError, bad_request
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.updates import TERMINATED_BY_WEBHOOK
from services.sandbox.telegram.webhook_target import WebhookTarget
from services.sandbox.telegram.wire import Json

_MAX_LONG_POLL_SECONDS: Final = 50
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
_PORTS: Final = (443, 80, 88, 8443)
_WEBHOOK_ACTIVE: Final = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


async def get_updates(sandbox: Sandbox, params: Params) -> list[Json]:
    """https://core.telegram.org/bots/api#getupdates"""
    if sandbox.webhook is not None:
        raise ApiError(409, _WEBHOOK_ACTIVE)
    _remember_allowed(sandbox, params)
    return await sandbox.updates.poll(
        params.integer("offset"),
        params.clamped("limit", 100, 1, 100),
        params.clamped("timeout", 0, 0, _MAX_LONG_POLL_SECONDS),
    )


def set_webhook(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setwebhook (plain http is accepted for loopback addresses only)"""
    url = params.text("url").strip()
    if not url:
        return delete_webhook(sandbox, params)
    _check_url(url)
    secret = params.text("secret_token")
    if secret and not _SECRET.match(secret):
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        raise bad_request("secret token contains unallowed characters")
    _remember_allowed(sandbox, params)
    if params.flag("drop_pending_updates"):
        sandbox.updates.clear()
    sandbox.updates.abort_poll(TERMINATED_BY_WEBHOOK)
    sandbox.set_webhook(WebhookTarget(url, secret, params.clamped("max_connections", 40, 1, 100)))
    return True


def delete_webhook(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook"""
    if params.flag("drop_pending_updates"):
        sandbox.updates.clear()
    sandbox.set_webhook(None)
    return True


def get_webhook_info(sandbox: Sandbox, _params: Params) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo"""
    target = sandbox.webhook
    info: Json = {
        "url": target.url if target else "",
        "has_custom_certificate": False,
        "pending_update_count": len(sandbox.updates),
    }
    if target is not None:
        info["max_connections"] = target.max_connections
        info["ip_address"] = "127.0.0.1"
        if target.last_error_date:
            info["last_error_date"] = target.last_error_date
            info["last_error_message"] = target.last_error_message
    if sandbox.updates.allowed:
        info["allowed_updates"] = sandbox.updates.allowed
    return info


def _remember_allowed(sandbox: Sandbox, params: Params) -> None:
    allowed = params.json("allowed_updates", "allowed updates")
    if isinstance(allowed, list):
        sandbox.updates.allowed = [str(kind) for kind in allowed]


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port or 443
    except ValueError as error:
        raise bad_request("invalid webhook URL specified") from error
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise bad_request("invalid webhook URL specified")
    if parts.scheme == "http" and not _is_loopback(parts):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not _is_loopback(parts) and port not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


METHODS: Final[Mapping[str, Handler]] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
