from collections.abc import Sequence
from typing import Final

from services.chassis import errors
from services.chassis.errors import QuartetError

# Time does not heal these: a person must.
LASTING: Final = (
    errors.ProviderOutOfFunds,
    errors.ProviderMisconfigured,
    errors.ProviderUnsupportedCountry,
    errors.ModelNotFound,
)
# The same, where one failure proves it. A refused key does not: one strange question may look like it.
PROVEN: Final = (errors.ProviderOutOfFunds, errors.ProviderUnsupportedCountry, errors.ModelNotFound)
# The vendor's fault, as opposed to the question's: another vendor may well answer.
VENDORS_FAULT: Final = (errors.ProviderUnavailable, errors.ProviderRateLimited, *LASTING)


def fails_over(error: QuartetError) -> bool:
    """Whether another vendor is worth asking. A question that was refused would be refused again."""
    return isinstance(error, VENDORS_FAULT)


def is_lasting(error: QuartetError) -> bool:
    """Whether only a person can help."""
    return isinstance(error, LASTING)


def is_proven(error: QuartetError) -> bool:
    """Whether whoever else asks will surely fail, too."""
    return isinstance(error, PROVEN)


def most_useful(failures: Sequence[QuartetError]) -> QuartetError:
    """Choose what a user hears when every vendor failed, in the order in which they were asked.

    The first that may pass, because it says when to come back; else the first.
    """
    return next((error for error in failures if error.retryable), failures[0])


def named_pause_seconds(error: QuartetError) -> float:
    """How long the vendor itself asked us to wait."""
    seconds = error.retry_after_seconds or 0.0
    # What our callers are told when the vendor named no time. Most outages pass sooner: the jitter is enough.
    return 0.0 if seconds == error.usual_retry_after_seconds else seconds
