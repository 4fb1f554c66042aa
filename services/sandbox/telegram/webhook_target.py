import time
from dataclasses import dataclass


@dataclass(slots=True)
class WebhookTarget:
    """Where updates are delivered, and what went wrong there last."""

    url: str
    secret_token: str
    max_connections: int
    last_error_date: int = 0
    last_error_message: str = ""

    def fail(self, message: str) -> None:
        self.last_error_date = int(time.time())
        self.last_error_message = message
