from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.chassis.errors import InvalidRequest, ModelNotFound, Violation
from services.video.job import MAX_IDENTIFIER_CHARACTERS, Owner, is_identifier
from services.video.providers.base import AspectRatio, Offer

IDENTIFIER_RULE: Final = (
    f"must be 1 to {MAX_IDENTIFIER_CHARACTERS} letters, digits, `-` and `_`, with single `.` between"
)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants. Zero, empty and None leave it to the model.

    `first_frame` is a picture to be set in motion; `first_frame_of` names a job whose picture it is.
    """

    job_id: str
    owner: Owner
    prompt: str
    model: str = ""
    duration_seconds: int = 0
    aspect_ratio: AspectRatio | None = None
    first_frame: bytes = field(default=b"", repr=False)
    first_frame_of: str = ""

    @property
    def has_first_frame(self) -> bool:
        return bool(self.first_frame or self.first_frame_of)

    def require_identity(self) -> None:
        """Raises InvalidRequest where it does not say whose it is, or under which name."""
        violations = [*_identity_violations(self)]
        if violations:
            raise InvalidRequest(violations=violations)


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be ordered: models by their ids, the default first, and the sizes of an order."""

    offers: Mapping[str, Offer]
    max_prompt_characters: int

    def settled(self, order: Order) -> tuple[str, int]:
        """Check an order and return its model and its seconds. Raises InvalidRequest, ModelNotFound."""
        model = order.model or self._default_for(order)
        offer = self.offers.get(model)
        if offer is None:
            raise ModelNotFound(f"nobody serves {model!r}", metadata={"model": model[:64]})
        violations = [*self._violations(order, offer)]
        if violations:
            raise InvalidRequest(violations=violations)
        return model, order.duration_seconds or offer.default_duration_seconds

    def _default_for(self, order: Order) -> str:
        """The first model that can do it; that of the configuration where none can."""
        for model, offer in self.offers.items():
            if order.has_first_frame and not offer.takes_first_frame:
                continue
            if offer.needs_first_frame and not order.has_first_frame:
                continue
            return model
        return next(iter(self.offers))

    def _violations(self, order: Order, offer: Offer) -> Iterator[Violation]:
        if len(order.prompt) > self.max_prompt_characters:
            yield Violation("specification.prompt", f"has over {self.max_prompt_characters} characters")
        if not order.prompt.strip() and not order.has_first_frame:
            yield Violation("specification.prompt", "must not be empty without a first frame")
        if order.has_first_frame and not offer.takes_first_frame:
            yield Violation("first_frame", "is nothing that the model takes")
        if offer.needs_first_frame and not order.has_first_frame:
            yield Violation("first_frame", "is needed by the model")
        if order.duration_seconds and order.duration_seconds not in offer.durations_seconds:
            known = ", ".join(map(str, offer.durations_seconds))
            yield Violation("specification.duration_seconds", f"must be one of {known}")
        if order.aspect_ratio is not None and order.aspect_ratio not in offer.aspect_ratios:
            known = ", ".join(offer.aspect_ratios)
            yield Violation("specification.aspect_ratio", f"must be one of {known}")


def _identity_violations(order: Order) -> Iterator[Violation]:
    named = {"request_id": order.job_id}
    if order.first_frame_of:
        named["first_frame_of_job_id"] = order.first_frame_of
    for name, value in named.items():
        if not is_identifier(value):
            yield Violation(name, IDENTIFIER_RULE)
    if order.first_frame and order.first_frame_of:
        yield Violation("first_frame_of_job_id", "excludes first_frame")
    if not order.owner.user_id:
        yield Violation("caller.user_id", "must be set")
    if not order.owner.chat_id:
        yield Violation("caller.chat_id", "must be set")
