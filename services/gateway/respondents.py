from collections.abc import AsyncGenerator
from dataclasses import dataclass

from services.gateway.dialogue import Answered, Question
from services.gateway.docs_client import DocsClient
from services.gateway.documents import Inquiry, StepsDone, Told
from services.gateway.text_client import TextClient


@dataclass(frozen=True)
class Respondents:
    """The services that answer questions: the text service, and that of documents for what is about those.

    The seconds say how long each may take to come back when it is away.
    """

    text: TextClient
    docs: DocsClient
    text_patience_seconds: float
    docs_patience_seconds: float

    def ask(self, question: Question | Inquiry) -> AsyncGenerator[str | StepsDone | Answered | Told, None]:
        """Yields deltas and progress, then the end. Closing the iterator cancels the vendor's stream.

        Raises QuartetError.
        """
        if isinstance(question, Inquiry):
            return self.docs.ask(question)
        return self.text.stream_reply(question)

    def patience_seconds(self, question: Question | Inquiry) -> float:
        return self.docs_patience_seconds if isinstance(question, Inquiry) else self.text_patience_seconds
