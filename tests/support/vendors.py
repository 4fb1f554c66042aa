import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from openai import AsyncOpenAI, DefaultAioHttpClient

from services.chassis.errors import QuartetError
from services.providers.breaker import BreakerPolicy, Change
from services.providers.deadlines import Timeouts
from services.providers.patience import Patience
from services.providers.vendors import Answering, Watch
from services.text.providers.base import Completed, Delta, Image, Message, Role, TextProvider, TextRequest
from services.text.providers.openai.provider import OpenAIProvider
from services.text.providers.openai.settings import OpenAIApi
from services.text.vendors import LanguageVendors

MODELS: Final = {"first": ("gpt-6-luna", "gpt-6.2-sol"), "second": ("gpt-6.1-terra",)}
POLICY: Final = BreakerPolicy(max_failures=3, open_seconds=10.0, longest_open_seconds=100.0)
PATIENT: Final = Patience(max_retries=0, budget_seconds=0.0, failover_seconds=5.0)
# Longer than any pause of the policy, with its jitter.
LATER_SECONDS: Final = 160.0


class NamedProvider(OpenAIProvider):
    """A vendor that speaks OpenAI's API under a name of its own."""

    def __init__(self, name: str, base_url: str) -> None:
        client = AsyncOpenAI(
            api_key="sk-test", base_url=base_url, max_retries=0, http_client=DefaultAioHttpClient()
        )
        timeouts = Timeouts(first_token_seconds=5.0, next_token_seconds=5.0, total_seconds=20.0)
        super().__init__(client, api=OpenAIApi.RESPONSES, timeouts=timeouts)
        self.name = name


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Noted:
    """What a watch is told."""

    changes: list[tuple[str, str, Change, str]] = field(default_factory=list)
    failovers: list[tuple[str, str]] = field(default_factory=list)
    retries: list[tuple[str, str]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self, provider: str, model: str, change: Change, standby: str) -> None:
        self.changes.append((provider, model, change, standby))
        self.news.set()

    def failed_over(self, provider: str, reason: str) -> None:
        self.failovers.append((provider, reason))

    def asked_again(self, provider: str, reason: str) -> None:
        self.retries.append((provider, reason))


@dataclass
class Outcome:
    """How one answer went: who was asked in turn, what came, and what was raised."""

    asked: list[Answering] = field(default_factory=list)
    text: str = ""
    completed: Completed | None = None
    error: QuartetError | None = None

    @property
    def by(self) -> Answering:
        return self.asked[-1]


@asynccontextmanager
async def two_vendors(
    urls: Sequence[str],
    watch: Watch,
    clock: Clock,
    *,
    patience: Patience = PATIENT,
    models: Mapping[str, Sequence[str]] = MODELS,
) -> AsyncIterator[LanguageVendors]:
    """Compose vendors that speak OpenAI's API at the given addresses, the preferred one first."""
    providers: dict[str, TextProvider] = {
        name: NamedProvider(name, url) for name, url in zip(models, urls, strict=False)
    }
    vendors = LanguageVendors(providers, models, patience=patience, policy=POLICY, watch=watch, clock=clock)
    try:
        yield vendors
    finally:
        await vendors.aclose()


async def ask(vendors: LanguageVendors, model: str = "", *, images: tuple[Image, ...] = ()) -> Outcome:
    """Ask one question and hear the answer to its end."""
    outcome = Outcome()
    request = TextRequest(
        model=model,
        instructions="Be brief.",
        messages=(Message(Role.USER, ("Hello",), images),),
        max_output_tokens=4096,
        caller_key="caller",
        cache_key="chat",
    )
    try:
        async for piece in vendors.ask(request):
            match piece:
                case Answering():
                    outcome.asked.append(piece)
                case Delta():
                    outcome.text += piece.text
                case Completed():
                    outcome.completed = piece
    except QuartetError as error:
        outcome.error = error
    return outcome
