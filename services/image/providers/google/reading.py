from collections.abc import Iterator, Sequence
from typing import Final

from google.genai.types import (
    Blob,
    FinishReason,
    GenerateContentResponse,
    GenerateContentResponseUsageMetadata,
    MediaModality,
    ModalityTokenCount,
)

from services.image.providers.base import Drawn, ImageRequest, Preview, Usage
from services.image.providers.signatures import mime_type_of
from services.providers.google.errors import PROVIDER, REJECTIONS, Rejected, StreamFailed

# https://ai.google.dev/gemini-api/docs/pricing: a picture of about a megapixel
PICTURE_TOKENS: Final = 1290
CHARACTERS_PER_TOKEN: Final = 4


class Reader:
    """Makes sense of the chunks of one answer. The last picture of it counts; those before are on the way.

    Both methods raise Rejected or StreamFailed.
    """

    def __init__(self, request: ImageRequest) -> None:
        self._request = request
        self._finish_reason: FinishReason | None = None
        self._counts: GenerateContentResponseUsageMetadata | None = None
        self._picture: Preview | None = None
        self._has_words = False

    def read(self, chunk: GenerateContentResponse) -> Iterator[Preview]:
        self._counts = chunk.usage_metadata or self._counts
        if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
            raise Rejected(chunk.prompt_feedback.block_reason.value)
        if not chunk.candidates:
            return
        candidate = chunk.candidates[0]
        self._finish_reason = candidate.finish_reason or self._finish_reason
        for part in (candidate.content.parts if candidate.content else None) or []:
            if part.inline_data is not None:
                picture = _picture(part.inline_data)
                if part.thought:
                    yield picture
                    continue
                if self._picture is not None:
                    yield self._picture
                self._picture = picture
            self._has_words = self._has_words or bool(part.text and not part.thought)

    def end(self) -> Drawn:
        if self._finish_reason is None:
            # The last picture so far may be one on the way.
            raise StreamFailed("no end")
        if self._finish_reason in REJECTIONS:
            raise Rejected(self._finish_reason.value)
        if self._picture is not None:
            return Drawn(self._picture.mime_type, self._picture.content, self._usage())
        if self._has_words:
            # It says why not, or asks back: the words are to blame, not the vendor.
            raise Rejected("words instead of a picture")
        raise StreamFailed(self._finish_reason.value)

    def _usage(self) -> Usage:
        counts, model = self._counts, self._request.model
        if counts is None:
            words = len(self._request.prompt) // CHARACTERS_PER_TOKEN
            return Usage(PROVIDER, model, words, PICTURE_TOKENS, 0, PICTURE_TOKENS, estimated=True)
        thoughts = counts.thoughts_token_count or 0
        return Usage(
            provider=PROVIDER,
            model=model,
            input_tokens=counts.prompt_token_count or 0,
            output_tokens=(counts.candidates_token_count or 0) + thoughts,
            input_image_tokens=_of_pictures(counts.prompt_tokens_details or ()),
            output_image_tokens=_of_pictures(counts.candidates_tokens_details or ()),
        )


def _picture(found: Blob) -> Preview:
    content = found.data or b""
    mime_type = mime_type_of(content)
    if mime_type is None:
        raise StreamFailed("what should be a picture is none")
    return Preview(mime_type, content)


def _of_pictures(counts: Sequence[ModalityTokenCount]) -> int:
    return sum(count.token_count or 0 for count in counts if count.modality is MediaModality.IMAGE)
