import asyncio
import random
import time
from collections import deque
from typing import Final

import aiohttp
import structlog

from services.sandbox.telegram.dispatch import Dispatcher
from services.sandbox.telegram.errors import ConnectionCut
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.updates import PendingUpdate
from services.sandbox.telegram.webhook_target import WebhookTarget
from services.sandbox.telegram.wire import dumps, loads

_MAX_DELAY_UNITS: Final = 60
_MAX_RETRY_AFTER_SECONDS: Final = 3600
_GONE_SECONDS: Final = 23 * 3600
_NOT_FROM_WEBHOOK: Final = frozenset({"setwebhook", "deletewebhook", "close", "logout"})

log = structlog.get_logger()


class WebhookDelivery:
    """Sends updates to the bot's webhook: in order within a chat, chats in parallel, again until accepted.

    Source: https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/WebhookActor.cpp
    """

    def __init__(self, sandbox: Sandbox, dispatcher: Dispatcher, session: aiohttp.ClientSession) -> None:
        self._sandbox = sandbox
        self._dispatcher = dispatcher
        self._session = session
        self._queues: dict[int, deque[PendingUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(1)
        self._gone_since: float | None = None

    def restart(self) -> None:
        """Begins afresh with the webhook as it is now set; what is on its way is sent again."""
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._queues = {}
        self._gone_since = None
        target = self._sandbox.webhook
        if target is not None:
            self._slots = asyncio.Semaphore(target.max_connections)
            for update in self._sandbox.updates.pending():
                self.offer(update)

    def offer(self, update: PendingUpdate) -> None:
        target = self._sandbox.webhook
        if target is None:
            return
        queue = self._queues.get(update.queue_key)
        if queue is not None:
            queue.append(update)
            return
        self._queues[update.queue_key] = queue = deque([update])
        task = asyncio.create_task(self._drain(target, update.queue_key, queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _drain(self, target: WebhookTarget, key: int, queue: deque[PendingUpdate]) -> None:
        while queue:
            await self._deliver(target, queue[0])
            self._sandbox.updates.forget(queue.popleft().id)
        del self._queues[key]

    async def _deliver(self, target: WebhookTarget, update: PendingUpdate) -> None:
        unit = self._sandbox.settings.sandbox_webhook_delay_seconds
        delay, failures = 1.0, 0
        while self._sandbox.updates.holds(update.id):
            async with self._slots:
                retry_after = await self._post(target, update)
            if retry_after is None:
                return
            pause = float(retry_after)
            if not retry_after and failures:
                delay = min(delay * 2, random.uniform(_MAX_DELAY_UNITS, 2 * _MAX_DELAY_UNITS))  # noqa: S311
                pause = delay * unit
            failures += 1
            if time.time() + pause > update.expires_at:
                log.warning("webhook_update_dropped", update_id=update.id, failures=failures)
                return
            await asyncio.sleep(pause)

    async def _post(self, target: WebhookTarget, update: PendingUpdate) -> int | None:
        """None once the bot has accepted the update, otherwise the Retry-After seconds (0 without)."""
        headers = {"Content-Type": "application/json"}
        if target.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = target.secret_token
        timeout = aiohttp.ClientTimeout(total=self._sandbox.settings.sandbox_webhook_timeout_seconds)
        try:
            async with self._session.post(
                target.url, data=dumps(update.json), headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                body = await response.read()
                if 200 <= response.status <= 299:
                    self._gone_since = None
                    await self._run_reply(response.content_type, body)
                    return None
                target.fail(f"Wrong response from the webhook: {response.status} {response.reason}")
                self._note_gone(response.status)
                return _retry_after(response.headers.get("Retry-After", ""))
        except TimeoutError:
            target.fail("Read timeout expired")
        except aiohttp.ClientConnectorError:
            target.fail("Connection refused")
        except aiohttp.ClientError:
            target.fail("Webhook connection closed")
        return 0

    async def _run_reply(self, content_type: str, body: bytes) -> None:
        """Runs the method that a 200 body may ask for; its result is shown to nobody."""
        if content_type != "application/json" or not body.strip():
            return
        try:
            values = loads(body)
        except ValueError:
            return
        method = str(values.pop("method", "")) if isinstance(values, dict) else ""
        if not method or method.lower() in _NOT_FROM_WEBHOOK or method.lower().startswith("get"):
            return
        try:
            await self._dispatcher.call(method, values)
        except ConnectionCut:
            return

    def _note_gone(self, status: int) -> None:
        if status != 410:
            self._gone_since = None
            return
        now = time.monotonic()
        self._gone_since = self._gone_since or now
        if now - self._gone_since > _GONE_SECONDS:
            self._sandbox.set_webhook(None)


def _retry_after(header: str) -> int:
    return min(int(header), _MAX_RETRY_AFTER_SECONDS) if header.isdecimal() else 0
