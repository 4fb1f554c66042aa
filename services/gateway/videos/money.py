MICROS_PER_CENT = 10_000
CENTS_PER_DOLLAR = 100


def dollars(micros: int) -> str:
    """An amount as people read it: to the cent, and never as nothing where it is something."""
    cents = max(1, round(micros / MICROS_PER_CENT)) if micros else 0
    return f"${cents // CENTS_PER_DOLLAR}.{cents % CENTS_PER_DOLLAR:02}"
