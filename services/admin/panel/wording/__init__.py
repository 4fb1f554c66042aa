"""The panel's words, in Russian and English."""

from services.admin.panel.wording.wording import Language, Wording, language_of

__all__ = ["Language", "Wording", "language_of"]
