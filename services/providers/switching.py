from collections.abc import Callable
from typing import Final, TypeAlias

from services.chassis.errors import ProviderUnavailable

# Longer than any answer waits for vendors: a person has to switch it on again.
COME_BACK_SECONDS: Final = 60.0

IsOff: TypeAlias = Callable[[str, str], bool]
"""Whether an admin has switched a vendor, or this model of it, off."""


def nothing_is_off(_provider: str, _model: str) -> bool:
    """Where nobody can switch anything."""
    return False


def switched_off(provider: str, model: str) -> ProviderUnavailable:
    """What whoever needs exactly this one is told."""
    return ProviderUnavailable(
        f"{provider} or its model {model} is switched off",
        metadata={"provider": provider},
        retry_after_seconds=COME_BACK_SECONDS,
    )
