import time
from dataclasses import dataclass, replace
from typing import Self

from services.chassis.errors import ResourceNotFound
from services.text.conversation import Conversation, Finish, Material, Picture, Turn, Usage
from services.text.framing import Recalled, Saying
from services.text.question import Question, RunKind
from services.text.tasks import Task

MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a turn: what is asked, and which part of an earlier answer stays.

    `pictures` are those that an earlier run was asked about, where this one brings none along.
    """

    question: Question
    saying: Saying
    kept_answer: str
    wasted_runs: int
    begun_at_ms: int
    pictures: tuple[Picture, ...] = ()

    @classmethod
    def at(cls, question: Question, conversation: Conversation) -> Self:
        """Take up a turn where it stands. Raises ResourceNotFound for one that is no longer remembered."""
        former = conversation.find(question.turn_id)
        if former is None and question.run_kind is not RunKind.ANSWER:
            raise ResourceNotFound("the turn is no longer remembered", metadata={"turn_id": question.turn_id})
        is_same_run = former is not None and former.run == question.run
        return cls(
            question,
            _saying(question, former),
            _kept_answer(question, former),
            wasted_runs=former.wasted_runs + 1 if former and is_same_run else 0,
            begun_at_ms=round(time.time() * MILLISECONDS),
            pictures=_former_pictures(question, former),
        )

    def seeing(self, recalled: Recalled) -> Self:
        """Take up the pictures of the earlier run, as far as they are found again."""
        images = recalled.get(self.question.turn_id)
        return replace(self, saying=replace(self.saying, images=images)) if images else self

    def turn(
        self,
        said: str,
        finish: Finish,
        usage: Usage,
        *,
        failed_over: bool,
        pictures: tuple[Picture, ...] = (),
    ) -> Turn | None:
        """Return the turn with what was said now: nothing where the turn is better left as it was."""
        is_whole = finish in (Finish.STOP, Finish.LENGTH)
        if not said and not is_whole and self.question.run_kind is not RunKind.ANSWER:
            return None
        return Turn(
            turn_id=self.question.turn_id,
            instruction=self.saying.instruction,
            materials=self._kept_materials(),
            answer=self.kept_answer + said,
            finish=finish,
            usage=usage,
            wasted_runs=self.wasted_runs,
            run_id=self.question.run,
            continued_at=len(self.kept_answer),
            speaker=self.saying.speaker,
            asked_at_ms=self.begun_at_ms,
            begun_at_ms=self.begun_at_ms,
            failed_over=failed_over,
            pictures=pictures or self.pictures,
        )

    def _kept_materials(self) -> tuple[Material, ...]:
        """What the conversation remembers of what came along: pages are brought along each time anew."""
        if self.question.style.task is Task.CONVERSE:
            return self.saying.materials
        return tuple(replace(material, text="") for material in self.saying.materials)


def _saying(question: Question, former: Turn | None) -> Saying:
    if former is None or question.run_kind is RunKind.ANSWER:
        return Saying(question.instruction, question.materials, question.images, question.speaker)
    # What was brought along then may have been cut since; whoever has it brings it along again.
    materials = question.materials or former.materials
    return Saying(former.instruction, materials, question.images, former.speaker)


def _former_pictures(question: Question, former: Turn | None) -> tuple[Picture, ...]:
    if former is None or question.run_kind is RunKind.ANSWER or question.images:
        return ()
    return former.pictures


def _kept_answer(question: Question, former: Turn | None) -> str:
    if former is None or question.run_kind is not RunKind.CONTINUE:
        return ""
    # A run that was cut off is run anew: what it said before does not count.
    return former.answer[: former.continued_at] if former.run == question.run else former.answer
