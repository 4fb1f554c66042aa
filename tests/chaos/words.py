from typing import Final

REJECTED: Final = "sandbox:moderation"


def prompt_of(number: int, *, is_rejected: bool) -> str:
    """Words that no other order has; the vendor's stand-in refuses those with its word for that."""
    return f"маяк номер {number:04}" + (f" {REJECTED}" if is_rejected else "")
