from typing import Final

from google.genai.types import (
    AutomaticFunctionCallingConfig,
    Blob,
    Content,
    GenerateContentConfig,
    Part,
)

from services.text.providers.base import Message, Role, TextRequest

ROLES: Final = {Role.USER: "user", Role.ASSISTANT: "model"}
NO_FUNCTIONS: Final = AutomaticFunctionCallingConfig(disable=True)


def contents(request: TextRequest) -> list[Content]:
    """Return the conversation as Gemini takes it. https://ai.google.dev/api/caching#Content"""
    return [Content(role=ROLES[said.role], parts=_parts(said)) for said in request.messages]


def config(request: TextRequest) -> GenerateContentConfig:
    """Return what applies to the whole answer: https://ai.google.dev/api/generate-content"""
    return GenerateContentConfig(
        system_instruction=request.instructions,
        max_output_tokens=request.max_output_tokens,
        automatic_function_calling=NO_FUNCTIONS,
        automatic_continuation=False,  # the SDK would also ask again by itself, and twice is paid twice
    )


def _parts(message: Message) -> list[Part]:
    images = [
        Part(inline_data=Blob(mime_type=image.mime_type, data=image.content)) for image in message.images
    ]
    return [*images, *(Part(text=text) for text in message.parts)]
