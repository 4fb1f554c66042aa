from dataclasses import dataclass

from services.gateway.answers import Answers
from services.gateway.delivery.replies import Replies
from services.gateway.stops import Stops


@dataclass(frozen=True)
class Speech:
    """What a holder speaks with. It lives for one tenure, so nothing of it outlives the right to speak."""

    replies: Replies
    stops: Stops
    answers: Answers
