import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NoReturn, TypeVar

import structlog
import uvloop

from services.chassis.errors import StartupError
from services.chassis.settings import ServiceSettings, load
from services.chassis.telemetry import logs, tracing

log = structlog.get_logger()

EXIT_CRASHED: Final = 1
EXIT_REFUSED: Final = 2

S = TypeVar("S", bound=ServiceSettings)


def launch(service: str, settings_type: type[S], main: Callable[[S, asyncio.Event], Awaitable[None]]) -> None:
    """Load the settings, then `run`. Wrong settings are printed for a person and end with exit code 2."""
    try:
        settings = load(settings_type)
    except StartupError as error:
        _refuse(service, error)
    run(service, settings, lambda stop: main(settings, stop))


def run(
    service: str,
    settings: ServiceSettings,
    main: Callable[[asyncio.Event], Awaitable[None]],
    *,
    secrets: Iterable[str] = (),
) -> None:
    """Run `main` until it returns; SIGTERM and SIGINT set its event, a second one cancels it.

    A StartupError is printed without a traceback (exit code 2); any other exception is logged once (exit
    code 1). The settings' secrets and those given never reach the logs.
    """
    logs.configure(
        service,
        level=settings.log_level,
        log_format=settings.log_format,
        secrets=[*settings.secrets(), *secrets],
    )
    with tracing.tracing(service, settings.otel_exporter_otlp_endpoint):
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_supervise(main))
        except asyncio.CancelledError:
            log.warning("stopped_in_haste")
            sys.exit(EXIT_CRASHED)
        except Exception as error:
            reason = _startup_error(error)
            if reason is not None:
                _refuse(service, reason)
            log.critical("crashed", exc_info=error)
            sys.exit(EXIT_CRASHED)


async def _supervise(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(main(stop))

    def on_signal(number: signal.Signals) -> None:
        log.info("signal_received", signal=number.name)
        if stop.is_set():
            work.cancel()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    # Modules and settings live as long as the process: the collector need not look at them again.
    gc.collect()
    gc.freeze()
    await work


def _startup_error(error: BaseException) -> StartupError | None:
    """Find the reason inside the groups that `asyncio.TaskGroup` makes of exceptions."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_startup_error, error.exceptions)), None)
    return error if isinstance(error, StartupError) else None


def _refuse(service: str, error: StartupError) -> NoReturn:
    sys.stderr.write(f"{service} cannot start. {error}\n")
    sys.exit(EXIT_REFUSED)
