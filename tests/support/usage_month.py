import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp
from quartet.common.v1.error_reason_pb2 import ErrorReason
from quartet.common.v1.usage_events_pb2 import (
    FeedbackGiven,
    JobChanged,
    JobStep,
    LimitRefused,
    ModelCalled,
    RequestFinished,
    UsageHeader,
    UsageOutcome,
)

from services.chassis.usage import UsageEvent, request_id, usage_id

BEGIN: Final = datetime(2026, 9, 1, tzinfo=UTC)
END: Final = datetime(2026, 10, 1, tzinfo=UTC)
NEW_RELEASE_AT: Final = datetime(2026, 9, 19, 10, tzinfo=UTC)
OK, ERROR, TIMEOUT, CANCELLED, REFUSED = (
    UsageOutcome.USAGE_OUTCOME_OK,
    UsageOutcome.USAGE_OUTCOME_ERROR,
    UsageOutcome.USAGE_OUTCOME_TIMEOUT,
    UsageOutcome.USAGE_OUTCOME_CANCELLED,
    UsageOutcome.USAGE_OUTCOME_REFUSED,
)
COMMANDS: Final = {"text": "ask", "image": "draw", "docs": "summary", "video": "film"}
MODELS: Final = {
    "text": (("openai", "gpt-6-luna"), ("google", "gemini-3.8-flash")),
    "image": (("openai", "gpt-image-2.6-flare"), ("google", "gemini-nano-banana-2.1")),
    "docs": (("openai", "gpt-6-luna"), ("google", "gemini-3.8-flash")),
    "video": (("runway", "gen4.5"), ("google", "gemini-omni-1.2-flash")),
}
FAILURES: Final = (
    ErrorReason.ERROR_REASON_PROVIDER_UNAVAILABLE,
    ErrorReason.ERROR_REASON_PROVIDER_RATE_LIMITED,
    ErrorReason.ERROR_REASON_CONTENT_REJECTED,
)
NO_REASON: Final = ErrorReason.ERROR_REASON_UNSPECIFIED
USERS: Final = 700


@dataclass
class Month:
    """What happened in a month: the truth, and the events that tell of it."""

    requests: list[RequestFinished] = field(default_factory=list)
    calls: list[ModelCalled] = field(default_factory=list)
    jobs: list[JobChanged] = field(default_factory=list)
    feedback: list[FeedbackGiven] = field(default_factory=list)
    refusals: list[LimitRefused] = field(default_factory=list)
    superseded: list[UsageEvent] = field(default_factory=list)
    """Older versions of events above, with other numbers in them."""

    def truth(self) -> Iterator[UsageEvent]:
        for kind in (self.requests, self.calls, self.jobs, self.feedback, self.refusals):
            yield from kind

    def arrivals(self) -> list[UsageEvent]:
        """All events in an order of no meaning: some twice, some in an older version, before or after."""
        chance = random.Random(2)
        events = [*self.truth(), *self.superseded]
        events += chance.sample(events, len(events) // 20)
        chance.shuffle(events)
        return events


def at(event: UsageEvent) -> datetime:
    """When it happened."""
    return event.header.happen_time.ToDatetime(UTC)


def synthetic_month(count: int = 20_000, *, seed: int = 1) -> Month:
    """A month of `count` requests, the same for the same seed."""
    chance = random.Random(seed)
    month = Month()
    users = [chance.getrandbits(64) or 1 for _ in range(USERS)]
    # Most come from the first day on, some later; a few ask much, most little.
    joined = [chance.choice((0.0, chance.random() * 0.9)) for _ in users]
    for number in range(count):
        share = chance.random()
        user = int(chance.random() ** 2 * USERS)
        if joined[user] > share:
            share = joined[user] + (1 - joined[user]) * chance.random()
        _ask(month, chance, f"turn.{number}", BEGIN + (END - BEGIN) * share, user, users[user])
    return month


def _ask(month: Month, chance: random.Random, turn: str, time: datetime, user: int, key: int) -> None:
    (service,) = chance.choices(list(COMMANDS), (70, 15, 10, 5))
    (outcome,) = chance.choices((OK, ERROR, TIMEOUT, CANCELLED, REFUSED), (90, 4, 1, 3, 2))
    (first, second) = MODELS[service]
    failed_over = outcome == OK and chance.random() < 0.04
    provider, model = second if failed_over or chance.random() < 0.2 else first
    request = RequestFinished(
        header=_header(request_id(turn), time),
        # One user has been forgotten by now.
        user_key=0 if user == 13 else key,
        chat_key=0 if user == 13 else key ^ 1,
        chat_type="group" if user % 5 == 0 else "private",
        language_code="en" if user % 7 == 0 else "ru",
        plan="pro" if user % 10 == 0 else "free",
        service=service,
        command=COMMANDS[service],
        outcome=outcome,
        is_async=service == "video",
        trace_id=f"{chance.getrandbits(128):032x}",
        queue_ms=chance.randrange(200),
        total_ms=round(chance.lognormvariate(8, 0.6)),
        delivery_ms=chance.randrange(50, 250),
        input_char_count=chance.randrange(2000),
    )
    if user % 11 == 0:
        request.attributes["group"] = "focus"
    month.requests.append(request)
    if outcome == REFUSED:
        _refuse(month, turn, request)
        return
    if outcome != CANCELLED:
        request.error_reason = NO_REASON if outcome == OK else chance.choice(FAILURES)
    request.provider, request.model, request.failed_over = provider, model, failed_over
    request.retry_count = 1 if chance.random() < 0.01 else 0
    if failed_over:
        _call(month, chance, request, turn, 1, first, ERROR)
    call = _call(month, chance, request, turn, 2 if failed_over else 1, (provider, model), outcome)
    if request.retry_count:
        _call(month, chance, request, turn, 3, (provider, model), OK).wasted = True
    request.first_token_ms = call.first_token_ms
    request.input_token_count, request.output_token_count = call.input_token_count, call.output_token_count
    if call.HasField("cost_micros"):
        request.cost_micros = call.cost_micros
    if chance.random() < 0.02:
        older = RequestFinished()
        older.CopyFrom(request)
        older.header.version -= 1
        older.outcome, older.cost_micros = ERROR, 9_000_000
        month.superseded.append(older)
    if service == "video":
        _film(month, chance, request, turn)
    if outcome == OK and chance.random() < 0.05:
        _rate(month, chance, request, turn)


def _call(
    month: Month,
    chance: random.Random,
    request: RequestFinished,
    turn: str,
    attempt: int,
    place: tuple[str, str],
    outcome: UsageOutcome.ValueType,
) -> ModelCalled:
    time = at(request) + timedelta(milliseconds=request.queue_ms)
    tokens = request.service in ("text", "docs")
    failed = outcome in (ERROR, TIMEOUT)
    call = ModelCalled(
        header=_header(usage_id(turn, f"call.{attempt}"), time),
        request_id=request.header.event_id,
        user_key=request.user_key,
        service=request.service,
        operation="reply" if tokens else request.service,
        provider=place[0],
        model=place[1],
        attempt=attempt,
        outcome=outcome,
        http_status=chance.choice((429, 503, 0)) if failed else 200,
        finish_reason="" if failed else "stop",
        latency_ms=max(request.total_ms, 300),
        price_version="2026-09",
        estimated=outcome == CANCELLED,
    )
    if tokens:
        call.first_token_ms = 0 if failed else chance.randrange(100, 299)
        call.input_token_count = chance.randrange(50, 4000)
        call.cached_input_token_count = call.input_token_count // chance.choice((2, 4, 100))
        call.output_token_count = 0 if failed else chance.randrange(20, 900)
    else:
        call.unit, call.unit_count = ("second", 5.0) if request.service == "video" else ("picture", 1.0)
    if chance.random() > 0.03:
        dearness = {"video": 600_000, "image": 40_000}.get(request.service, 900)
        call.cost_micros = chance.randrange(dearness) // (5 if failed else 1)
    month.calls.append(call)
    return call


def _film(month: Month, chance: random.Random, request: RequestFinished, turn: str) -> None:
    steps: list[tuple[JobStep.ValueType, float]] = [(JobStep.JOB_STEP_QUEUED, 0.0)]
    started = chance.uniform(0.2, 40)
    fate = chance.random()
    if request.outcome == CANCELLED:
        steps.append((JobStep.JOB_STEP_CANCELLED, started))
    elif fate < 0.02:
        steps += [(JobStep.JOB_STEP_STARTED, started)]
    else:
        ended = started + chance.uniform(20, 180)
        steps.append((JobStep.JOB_STEP_STARTED, started))
        if request.outcome == OK:
            steps += [(JobStep.JOB_STEP_SUCCEEDED, ended)]
            steps += [(JobStep.JOB_STEP_DELIVERED, ended + chance.uniform(0.5, 9))]
        else:
            steps.append((JobStep.JOB_STEP_DEAD if fate < 0.1 else JobStep.JOB_STEP_FAILED, ended))
    for step, seconds in steps:
        month.jobs.append(
            JobChanged(
                header=_header(
                    usage_id(turn, f"job.{step}"), at(request) + timedelta(milliseconds=round(seconds * 1000))
                ),
                job_id=f"job-{turn}",
                request_id=request.header.event_id,
                kind="video",
                step=step,
                attempt=1,
                worker="w1",
                provider=request.provider,
                model=request.model,
                size_bytes=4_000_000 if step == JobStep.JOB_STEP_SUCCEEDED else 0,
            )
        )


def _rate(month: Month, chance: random.Random, request: RequestFinished, turn: str) -> None:
    opinion = FeedbackGiven(
        header=_header(usage_id(turn, "thumb"), at(request)),
        request_id=request.header.event_id,
        service=request.service,
        provider=request.provider,
        model=request.model,
        kind="thumb",
        value=1 if chance.random() < 0.8 else -1,
    )
    if chance.random() < 0.2:
        # They changed their minds.
        older = FeedbackGiven()
        older.CopyFrom(opinion)
        older.value = -opinion.value
        older.header.version -= 1
        month.superseded.append(older)
        opinion.value = opinion.value if chance.random() < 0.7 else 0
    month.feedback.append(opinion)


def _refuse(month: Month, turn: str, request: RequestFinished) -> None:
    month.refusals.append(
        LimitRefused(
            header=_header(usage_id(turn, "refused"), at(request)),
            user_key=request.user_key,
            chat_key=request.chat_key,
            plan=request.plan,
            service=request.service,
            command=request.command,
            quota=f"{request.service}_per_day",
            limit=10,
            used=10,
        )
    )


def _header(event_id: str, time: datetime) -> UsageHeader:
    happened = Timestamp()
    happened.FromMilliseconds(round(time.timestamp() * 1000))
    return UsageHeader(
        event_id=event_id,
        version=happened.ToMilliseconds() + 1000,
        happen_time=happened,
        environment="production",
        release="v2" if time >= NEW_RELEASE_AT else "v1",
    )


def usd(event: Any) -> float:
    """What a call or a request cost."""
    return float(event.cost_micros) / 1e6
