from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.documents.sources import Sources
from services.gateway.turns import TurnLog, TurnRecord
from services.gateway.updates import RawUpdate

MAX_CHAIN = 100
"""So many runs of one question are looked through; nobody asks so often."""


class Revisions:
    """Answers that take the place of former ones, or add to them.

    The record of a question's own turn begins a chain: each record names the one that took its place, and the
    one that went on from it. Raises ServiceUnavailable or LeaseLost.
    """

    def __init__(self, turns: TurnLog) -> None:
        self._turns = turns

    async def prepare(self, turn: Turn, pressed_message_id: int | None = None) -> None:
        """Finds the messages whose place the turn's answer takes; the pressed one where no record is left."""
        texts: list[int] = []
        others: list[int] = []
        for record in await self._live_records(turn):
            for part in record.parts:
                if part.message_id is not None:
                    (texts if part.is_text else others).append(part.message_id)
        if pressed_message_id is not None and pressed_message_id not in (*texts, *others):
            (others if texts else texts).append(pressed_message_id)
        turn.replaces, turn.removes = tuple(texts), tuple(others)

    async def link(self, turn: Turn) -> None:
        """Records that the turn's answer now stands for, or goes on from, the one before it."""
        if turn.purpose is Purpose.ANSWER:
            return
        field = "continued_by" if turn.purpose is Purpose.CONTINUE else "superseded_by"
        chain = await self._chain(turn)
        if not chain:
            return
        last_id, record, revision = chain[-1] if turn.purpose is Purpose.CONTINUE else _live(chain)
        changed = record.model_copy(update={field: turn.turn_id})
        await self._turns.write(last_id, changed, revision=revision, tenure=turn.tenure)

    async def keep_question(self, turn: Turn) -> None:
        """Keeps an edited question with its own turn, so that it can be tried again."""
        if turn.purpose is not Purpose.EDIT:
            return
        found = await self._turns.find(turn.question_id)
        if found:
            changed = found[0].model_copy(update={"question": turn.updates})
            await self._turns.write(turn.question_id, changed, revision=found[1], tenure=turn.tenure)

    async def question(self, turn: Turn) -> Sequence[RawUpdate]:
        """The updates that asked what the turn tries again; none where they are no longer kept."""
        found = await self._turns.find(turn.question_id)
        return found[0].question if found else ()

    async def markdown(self, turn: Turn) -> str:
        """The answer that stands now, its continuations included; empty where it is no longer kept."""
        return "".join(record.markdown for record in await self._live_records(turn))

    async def sources(self, turn: Turn, question_id: str = "") -> Sources | None:
        """What an answer that stands now was made from, its continuations included, where it was documents.

        It is the answer to the turn's question, or to another one.
        """
        records = await self._live_records(turn, question_id)
        found = [record.sources for record in records if record.sources is not None]
        if not found:
            return None
        return replace(found[0], citations=tuple(cited for each in found for cited in each.citations))

    async def standing(self, turn: Turn) -> tuple[str, TurnRecord] | None:
        """The answer that stands now, as the turn that gave it; None where it is no longer kept."""
        chain = await self._chain(turn)
        return _live(chain)[:2] if chain else None

    async def record(self, answer_id: str) -> TurnRecord | None:
        """The record of an answer whose place none takes, such as a picture's; None where it is gone."""
        found = await self._turns.find(answer_id)
        return found[0] if found else None

    async def _live_records(self, turn: Turn, question_id: str = "") -> list[TurnRecord]:
        chain = await self._chain(turn, question_id)
        if not chain:
            return []
        start = chain.index(_live(chain))
        return [record for _turn_id, record, _revision in chain[start:]]

    async def _chain(self, turn: Turn, question_id: str = "") -> list[tuple[str, TurnRecord, int]]:
        """The records from the question's own to the last one before `turn`, with id and revision."""
        chain: list[tuple[str, TurnRecord, int]] = []
        next_id = question_id or turn.question_id
        while next_id and next_id != turn.turn_id and len(chain) < MAX_CHAIN:
            found = await self._turns.find(next_id)
            if found is None:
                break
            chain.append((next_id, *found))
            next_id = found[0].superseded_by or found[0].continued_by
        return chain


def _live(chain: list[tuple[str, TurnRecord, int]]) -> tuple[str, TurnRecord, int]:
    """The record that began the answer which stands now: the last one that took another's place."""
    live = chain[0]
    for before, link in pairwise(chain):
        if before[1].superseded_by == link[0]:
            live = link
    return live
