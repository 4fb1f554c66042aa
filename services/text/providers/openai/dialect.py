from collections.abc import Mapping
from typing import Any, Protocol

from services.providers.openai.errors import PROVIDER
from services.text.conversation import Finish, Usage
from services.text.providers.base import Completed, Delta, TextRequest

Event = Mapping[str, Any]


class Reader(Protocol):
    """Makes sense of one answer's events. Both methods raise StreamFailed."""

    def read(self, event: Event) -> Delta | None: ...

    def end(self) -> Completed:
        """Say how the answer ended, once the stream has."""
        ...


class Dialect(Protocol):
    """One of the vendor's APIs."""

    @property
    def path(self) -> str: ...

    def body(self, request: TextRequest) -> dict[str, Any]: ...

    def reader(self, request: TextRequest) -> Reader: ...


def completed(finish: Finish, model: str, counts: Mapping[str, Any], names: "UsageNames") -> Completed:
    """Read the vendor's counts under the names that its API gives them."""
    inputs, outputs = counts.get(names.input_details) or {}, counts.get(names.output_details) or {}
    return Completed(
        finish,
        Usage(
            provider=PROVIDER,
            model=model,
            input_tokens=counts.get(names.input) or 0,
            output_tokens=counts.get(names.output) or 0,
            cached_input_tokens=inputs.get("cached_tokens") or 0,
            reasoning_tokens=outputs.get("reasoning_tokens") or 0,
        ),
    )


class UsageNames:
    """What one API calls its counts."""

    def __init__(self, input_name: str, output_name: str) -> None:
        self.input = f"{input_name}_tokens"
        self.output = f"{output_name}_tokens"
        self.input_details = f"{self.input}_details"
        self.output_details = f"{self.output}_details"
