from services.gateway.delivery.turn import Turn
from services.gateway.people import Awaited, Awaiting
from services.gateway.speech import Speech


async def answered(turn: Turn, speech: Speech, awaiting: Awaiting) -> None:
    """Notes which message was the answer, and waits no more."""
    turn.preferences = await speech.people.change(
        turn.chat_id, lambda own: own.model_copy(update={"awaiting": awaiting})
    )


async def await_message(turn: Turn, speech: Speech, what: Awaited, *, subject: str = "") -> None:
    """Waits for the person's next message: it will not be taken for a question."""
    awaiting = Awaiting(
        what=what,
        user_id=turn.user_id,
        thread_id=turn.thread_id,
        since=turn.received_at,
        subject=subject,
    )
    turn.preferences = await speech.people.change(
        turn.chat_id, lambda own: own.model_copy(update={"awaiting": awaiting})
    )
