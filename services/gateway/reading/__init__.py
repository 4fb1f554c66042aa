"""What a person's messages say: their own words, what they speak about, what is to be seen and heard."""

from services.gateway.reading.listening import Recording, recording_in
from services.gateway.reading.looking import Picture, pictures_in
from services.gateway.reading.materials import materials_of, name_of
from services.gateway.reading.reader import Reader, Reading
from services.gateway.reading.words import own_words

__all__ = [
    "Picture",
    "Reader",
    "Reading",
    "Recording",
    "materials_of",
    "name_of",
    "own_words",
    "pictures_in",
    "recording_in",
]
