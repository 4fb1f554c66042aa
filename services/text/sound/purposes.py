from enum import StrEnum


class Purpose(StrEnum):
    """Whether a recording is HEARD by a vendor, in a format that all of them know, or SPOKEN to a person."""

    HEARD = "heard"
    SPOKEN = "spoken"
