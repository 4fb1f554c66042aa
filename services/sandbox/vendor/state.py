from dataclasses import dataclass, field

from services.sandbox.vendor.faults import Faults
from services.sandbox.vendor.journal import Journal
from services.sandbox.vendor.pacing import Pace


@dataclass
class State:
    """What the control API sets and shows."""

    pace: Pace
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
