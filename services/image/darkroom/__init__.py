"""Makes pictures into what vendors and messengers take; in processes of its own, as anybody sends them."""

from services.image.darkroom.forms import Developed, Form, Problem, UnusablePicture

__all__ = ["Developed", "Form", "Problem", "UnusablePicture"]
