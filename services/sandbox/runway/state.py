from collections.abc import Callable
from dataclasses import dataclass, field

from services.sandbox.vendor.faults import Faults
from services.sandbox.vendor.film_files import Films
from services.sandbox.vendor.film_tasks import Tasks


@dataclass
class State:
    """What the control API sets and shows."""

    tasks: Tasks
    films: Films
    film_seconds: float
    url_seconds: float
    now: Callable[[], float]
    faults: Faults = field(default_factory=Faults)
