import asyncio
import contextlib
from dataclasses import dataclass, field

from nats.aio.msg import Msg

from services.gateway.lanes import Leave
from services.gateway.lease import NATS_ERRORS
from services.gateway.updates import RawUpdate


@dataclass(eq=False)
class InHand:
    """An update that is being handled, with those that belong to it, and the message that brought it last."""

    turn_id: str
    update: RawUpdate
    message: Msg
    received_at: float
    others: list["InHand"] = field(default_factory=list)
    """The rest of an album, of a long paste, of what was forwarded: one turn with this one."""
    comment: "InHand | None" = None
    """The question that was sent along with these forwarded messages."""
    grown: asyncio.Event | None = None
    """Set once all that still comes to it is there; None where nothing does."""
    leave_lane: Leave = lambda: None
    is_begun: bool = False
    is_repeated: bool = False
    """Set on a press of a button whose former press is in hand too."""
    is_deferred: bool = False
    """Set by a handler that settles later itself."""

    @property
    def updates(self) -> tuple[RawUpdate, ...]:
        return (self.update, *(other.update for other in self.others))

    async def settle(self) -> None:
        """Takes the updates off the stream. Where that fails they come again and are found answered.

        The first goes last and only once the others are gone: one of them alone would look like a question.
        """
        with contextlib.suppress(*NATS_ERRORS):
            for other in self.others:
                await other.message.ack_sync()
            await self.message.ack()
