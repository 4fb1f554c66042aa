from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from services.video.allowance import Allowances, Reservation
from services.video.job import State
from services.video.jobs import Jobs
from services.video.metrics import VideoMetrics

log = structlog.get_logger()

# Longer than anybody waits for an order to be taken.
LEFT_ALONE: Final = timedelta(minutes=5)


class ForgottenReservations:
    """Settles what is reserved for jobs that have ended, or that never came to be."""

    def __init__(self, jobs: Jobs, allowances: Allowances, metrics: VideoMetrics) -> None:
        self._jobs = jobs
        self._allowances = allowances
        self._metrics = metrics

    async def sweep(self) -> None:
        """Look at every reservation once. Raises what NATS raises, and QuartetError."""
        before = datetime.now(UTC) - LEFT_ALONE
        async with aclosing(self._allowances.reservations()) as found:
            old = [reservation async for reservation in found if reservation.reserved_at < before]
        for reservation in old:
            await self._settle(reservation)

    async def _settle(self, reservation: Reservation) -> None:
        stored = await self._jobs.get(reservation.user_id, reservation.job_id)
        if stored is not None and not stored.job.state.is_final:
            return
        is_kept = stored is not None and stored.job.state is State.SUCCEEDED
        await self._allowances.settle(reservation.user_id, reservation.job_id, is_kept=is_kept)
        log.warning("video_reservation_settled", job_id=reservation.job_id, is_kept=is_kept)
        self._metrics.swept.labels(what="settled").inc()
