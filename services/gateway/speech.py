from dataclasses import dataclass

from services.gateway.answers import Answers
from services.gateway.delivery.replies import Replies
from services.gateway.delivery.revisions import Revisions
from services.gateway.delivery.scheduler import Scheduler
from services.gateway.drawings import Drawings
from services.gateway.feedback.reception import Reception
from services.gateway.inquiries import Inquiries
from services.gateway.opinions import Opinions
from services.gateway.people import People
from services.gateway.pictures.portfolio import Portfolio
from services.gateway.privacy.oblivion import Oblivion
from services.gateway.quotas.quotas import Quotas
from services.gateway.reading import Reader
from services.gateway.screenings import Screenings
from services.gateway.stops import Stops
from services.gateway.threads import Threads


@dataclass(frozen=True)
class Speech:
    """What a holder speaks with. It lives for one tenure, so nothing of it outlives the right to speak."""

    people: People
    replies: Replies
    revisions: Revisions
    stops: Stops
    answers: Answers
    drawings: Drawings
    inquiries: Inquiries
    portfolio: Portfolio
    screenings: Screenings
    reader: Reader
    threads: Threads
    scheduler: Scheduler
    oblivion: Oblivion
    opinions: Opinions
    quotas: Quotas
    reception: Reception
