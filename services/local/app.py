import asyncio
import signal
import time
from collections.abc import Sequence

from services.local import bot, panel, summary
from services.local.console import Console
from services.local.errors import PartFailed, PartRefused
from services.local.parts import Part
from services.local.plan import Plan
from services.local.supervisor import Supervisor

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def supervise(plan: Plan, parts: Sequence[Part], console: Console) -> int:
    """Run the parts until a signal or a failure. Returns the exit code: 0, 1, or 2 for refused settings."""
    begun_at = time.monotonic()
    stop = asyncio.Event()
    supervisor = Supervisor(parts, console, plan.root, grace_seconds=plan.settings.grace_seconds)

    def on_signal() -> None:
        if stop.is_set():
            supervisor.kill()
        else:
            console.say("stopping; Ctrl-C again ends everything at once")
        stop.set()

    async def when_up() -> None:
        proxy = None if plan.settings.runs_telegram else plan.settings.telegram_proxy
        username = await bot.username(plan.telegram_api_url, plan.telegram_bot_token, proxy)
        if plan.settings.runs_telegram and not plan.settings.admin_ids:
            await panel.introduce_owner(plan)
        link = await panel.link(plan)
        console.show(summary.welcome(plan, username, time.monotonic() - begun_at, link))

    for number in STOP_SIGNALS:
        if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # nohup: a closed terminal is not to end this
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    console.say(f"starting {', '.join(part.name for part in parts)}")
    for note in summary.not_read(plan):
        console.say(note)
    try:
        await supervisor.run(stop, when_up)
    except PartFailed as error:
        console.show(f"\nQuartet has stopped: {error}")
        return 2 if isinstance(error, PartRefused) else 1
    console.say("stopped")
    return 0
