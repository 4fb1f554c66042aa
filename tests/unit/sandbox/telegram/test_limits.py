import pytest

from services.sandbox.telegram.chats import Chat, ChatKind
from services.sandbox.telegram.errors import ApiError, ControlError
from services.sandbox.telegram.identifiers import Counter
from services.sandbox.telegram.limits import Family, Limits, MessageLimits, RateLimiter, Window, read_limits


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def chat(id_: int, kind: ChatKind = ChatKind.PRIVATE) -> Chat:
    return Chat(id_, kind, Counter(0), {})


def retry_after(limiter: RateLimiter, family: Family, where: Chat) -> int:
    with pytest.raises(ApiError) as raised:
        limiter.spend(family, where)
    assert raised.value.code == 429
    seconds = raised.value.parameters["retry_after"]
    assert raised.value.description == f"Too Many Requests: retry after {seconds}"
    return int(seconds)


def test_a_burst_passes_and_then_one_message_per_second() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(messages=MessageLimits(burst=3)), clock)
    for _ in range(3):
        limiter.spend(Family.MESSAGES, chat(1))
    assert retry_after(limiter, Family.MESSAGES, chat(1)) == 3
    clock.now += 3.0
    limiter.spend(Family.MESSAGES, chat(1))


def test_refused_calls_do_not_extend_the_wait() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(messages=MessageLimits(burst=1)), clock)
    limiter.spend(Family.MESSAGES, chat(1))
    for _ in range(50):
        retry_after(limiter, Family.MESSAGES, chat(1))
    clock.now += 1.0
    limiter.spend(Family.MESSAGES, chat(1))


def test_chats_have_windows_of_their_own_but_share_the_global_one() -> None:
    limiter = RateLimiter(Limits(messages=MessageLimits(burst=5, global_per_second=6)), Clock())
    for number in range(6):
        limiter.spend(Family.MESSAGES, chat(number + 1))
    assert retry_after(limiter, Family.MESSAGES, chat(9)) == 1


def test_a_group_takes_twenty_messages_a_minute() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(), clock)
    group = chat(-5, ChatKind.GROUP)
    for _ in range(20):
        limiter.spend(Family.MESSAGES, group)
        clock.now += 1.0
    assert retry_after(limiter, Family.MESSAGES, group) == 40


def test_drafts_have_both_windows() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(drafts=(Window(20, 5.0), Window(40, 30.0))), clock)
    for _ in range(20):
        limiter.spend(Family.DRAFTS, chat(1))
    assert retry_after(limiter, Family.DRAFTS, chat(1)) == 5
    clock.now += 5.0
    for _ in range(20):
        limiter.spend(Family.DRAFTS, chat(1))
    assert retry_after(limiter, Family.DRAFTS, chat(1)) == 25
    limiter.spend(Family.MESSAGES, chat(1))


def test_limits_read_from_a_request_keep_what_it_does_not_mention() -> None:
    limits = read_limits({"families": {"messages": {"burst": 2}, "drafts": {"windows": [[1, 2]]}}}, Limits())
    assert limits == Limits(messages=MessageLimits(burst=2), drafts=(Window(1, 2.0),))
    assert read_limits({"enabled": False}, limits).messages.burst == 2


def test_limits_that_are_not_understood_are_refused() -> None:
    with pytest.raises(ControlError):
        read_limits({"families": {"messages": {"unheard": 1}}}, Limits())
