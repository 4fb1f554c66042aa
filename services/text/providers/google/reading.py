from typing import Final

from google.genai.types import (
    FinishReason,
    GenerateContentResponse,
    GenerateContentResponseUsageMetadata,
)

from services.providers.google.errors import PROVIDER, REJECTIONS, Rejected, StreamFailed
from services.text.conversation import Finish, Usage
from services.text.providers.base import Completed, Delta, TextRequest, estimated_usage

FINISHES: Final = {
    FinishReason.STOP: Finish.STOP,
    FinishReason.MAX_TOKENS: Finish.LENGTH,
    FinishReason.CONTINUATION: Finish.LENGTH,
}


class Reader:
    """Makes sense of one answer's chunks. Both methods raise Rejected; `end` raises StreamFailed."""

    def __init__(self, request: TextRequest) -> None:
        self._request = request
        self._finish_reason: FinishReason | None = None
        self._counts: GenerateContentResponseUsageMetadata | None = None
        self._said: list[str] = []

    def read(self, chunk: GenerateContentResponse) -> Delta | None:
        self._counts = chunk.usage_metadata or self._counts
        if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
            raise Rejected(chunk.prompt_feedback.block_reason.value)
        if not chunk.candidates:
            return None
        candidate = chunk.candidates[0]
        self._finish_reason = candidate.finish_reason or self._finish_reason
        parts = (candidate.content.parts if candidate.content else None) or []
        text = "".join(part.text for part in parts if part.text and not part.thought)
        if not text:
            return None
        self._said.append(text)
        return Delta(text)

    def end(self) -> Completed:
        if self._finish_reason is None:
            raise StreamFailed("no end")
        if self._finish_reason in REJECTIONS:
            raise Rejected(self._finish_reason.value)
        finish = FINISHES.get(self._finish_reason)
        if finish is None:
            raise StreamFailed(self._finish_reason.value)
        return Completed(finish, self._usage())

    def _usage(self) -> Usage:
        counts = self._counts
        if counts is None:
            return estimated_usage(PROVIDER, self._request, "".join(self._said))
        thoughts = counts.thoughts_token_count or 0
        return Usage(
            provider=PROVIDER,
            model=self._request.model,
            input_tokens=counts.prompt_token_count or 0,
            output_tokens=(counts.candidates_token_count or 0) + thoughts,
            cached_input_tokens=counts.cached_content_token_count or 0,
            reasoning_tokens=thoughts,
        )
