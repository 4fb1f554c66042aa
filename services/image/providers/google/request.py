from typing import Final

from google.genai.types import (
    AutomaticFunctionCallingConfig,
    Blob,
    Content,
    GenerateContentConfig,
    ImageConfig,
    Modality,
    Part,
    ThinkingConfig,
)

from services.image.providers.base import ImageRequest

NO_FUNCTIONS: Final = AutomaticFunctionCallingConfig(disable=True)


def contents(request: ImageRequest) -> list[Content]:
    """Return the pictures and what is to be done, as Gemini takes them."""
    pictures = [
        Part(inline_data=Blob(mime_type=picture.mime_type, data=picture.content))
        for picture in request.pictures
    ]
    return [Content(role="user", parts=[*pictures, Part(text=request.prompt)])]


def config(request: ImageRequest, *, has_previews: bool) -> GenerateContentConfig:
    """Return what applies to the picture: https://ai.google.dev/gemini-api/docs/image-generation

    `has_previews`: what the model draws while it thinks is sent, too. Models that do not think refuse that.
    """
    ratio = request.aspect_ratio
    return GenerateContentConfig(
        response_modalities=[Modality.IMAGE],
        image_config=ImageConfig(aspect_ratio=ratio.value) if ratio else None,
        thinking_config=ThinkingConfig(include_thoughts=True) if has_previews else None,
        automatic_function_calling=NO_FUNCTIONS,
        automatic_continuation=False,  # the SDK would also ask again by itself, and twice is paid twice
    )
