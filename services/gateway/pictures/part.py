from services.gateway.pictures.captions import caption_of
from services.gateway.pictures.keyboard import Standing, picture_keyboard
from services.gateway.pictures.order import Picture
from services.gateway.rendering import to_dicts
from services.gateway.turns import Part, PictureRef
from services.gateway.wording import Language, Wording


def part_of(picture: Picture, language: Language, wording: Wording) -> Part:
    """The message that a picture is: with its caption and its buttons."""
    caption = caption_of(picture, language, wording)
    return Part(
        picture=PictureRef(picture_id=picture.picture_id),
        text=caption.text,
        entities=to_dicts(caption.entities),
        keyboard=picture_keyboard(Standing.of(picture), language, wording),
    )
