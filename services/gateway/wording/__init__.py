"""Everything the bot itself says, in Russian and English."""

from services.gateway.wording.language import Language, language_of
from services.gateway.wording.wording import Wording

__all__ = ["Language", "Wording", "language_of"]
