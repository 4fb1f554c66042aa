from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.gateway.admin_client import Campaign
from services.gateway.administration.campaigns import Segment
from services.gateway.administration.presses import AdminPress, AdminVerb
from services.gateway.broadcasts.order import Course, Fate, Tally
from services.gateway.buttons import keyboard
from services.gateway.turns import Part
from services.gateway.wording import Language, Wording

SIGNS: Final[Mapping[Course, str]] = {
    Course.RUNNING: "▶️",
    Course.PAUSED: "⏸",
    Course.CANCELLED: "⏹",
    Course.DONE: "✅",
    Course.RETRACTED: "🗑",
}
TITLE_CHARACTERS: Final = 40
TEXT_CHARACTERS: Final = 300
STEERING: Final[Mapping[Course, tuple[AdminVerb, ...]]] = {
    Course.RUNNING: (AdminVerb.PAUSE, AdminVerb.STOP),
    Course.PAUSED: (AdminVerb.RESUME, AdminVerb.STOP),
    Course.CANCELLED: (AdminVerb.UNSEND,),
    Course.DONE: (AdminVerb.UNSEND,),
    Course.RETRACTED: (),
}

Row = list[tuple[str, str]]


class CampaignScreens:
    """Broadcasts in the admins' menu, in one language."""

    def __init__(self, wording: Wording, language: Language) -> None:
        self._wording = wording
        self._language = language

    def all(self, campaigns: Sequence[tuple[Campaign, Course]]) -> Part:
        """The latest, a button each, and the way to a new one."""
        rows: list[Row] = [
            [
                (
                    f"{SIGNS[course]} {_cut(one.text, TITLE_CHARACTERS) or '🖼'}",
                    AdminPress(AdminVerb.CAST, one.campaign_id).data(),
                )
            ]
            for one, course in campaigns
        ]
        text = self._wording.say("admin-casts", self._language)
        if not campaigns:
            text += "\n\n" + self._wording.say("admin-casts-none", self._language)
        return self._part(text, [self._button(AdminVerb.COMPOSE)], *rows, [self._back(AdminVerb.HOME)])

    def whom(self, draft_id: str, sizes: Mapping[Segment, int]) -> Part:
        """Whom a draft may go to, with how many each are; nobody is not offered."""
        buttons = [
            (f"{self._segment(segment)} · {count}", AdminPress(AdminVerb.AIM, f"{draft_id}:{segment}").data())
            for segment, count in sizes.items()
            if count
        ]
        rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
        text = self._wording.say("admin-cast-whom", self._language)
        if not rows:
            text = self._wording.say("admin-cast-nobody", self._language)
        return self._part(text, *rows, [self._back(AdminVerb.CASTS)])

    def sure(self, draft_id: str, segment: Segment, count: int) -> Part:
        """The last question before it goes out."""
        text = self._wording.say(
            "admin-cast-sure", self._language, segment=self._segment(segment), count=count
        )
        send = self._button(AdminVerb.SEND, f"{draft_id}:{segment}")
        return self._part(text, [send], [self._back(AdminVerb.WHOM, draft_id)])

    def progress(self, delivery_id: str, text: str, course: Course, tallies: Iterable[Tally]) -> Part:
        """How far a broadcast is, and what may be done about it."""
        counts = Counter[Fate]()
        for tally in tallies:
            # About to be sent is as good as waiting.
            counts[Fate.PENDING if tally.fate is Fate.INTENDED else tally.fate] += tally.count
        lines = [
            self._wording.say("admin-cast-fate", self._language, fate=fate.value, count=counts[fate])
            for fate in Fate
            if counts[fate]
        ]
        state = self._wording.say("admin-cast-course", self._language, course=course.value)
        steering = [self._button(verb, delivery_id) for verb in STEERING[course]]
        look_again = self._wording.say("admin-button", self._language, name="refresh")
        return self._part(
            "\n\n".join(filter(None, (_cut(text, TEXT_CHARACTERS), state, "\n".join(lines)))),
            *([steering] if steering else []),
            [(look_again, AdminPress(AdminVerb.CAST, delivery_id).data()), self._back(AdminVerb.CASTS)],
        )

    def unsend(self, delivery_id: str) -> Part:
        """Whether to delete it wherever it has arrived."""
        text = self._wording.say("admin-cast-unsend", self._language)
        yes = self._button(AdminVerb.UNSEND_SURELY, delivery_id)
        return self._part(text, [yes], [self._back(AdminVerb.CAST, delivery_id)])

    def _part(self, text: str, *rows: Row) -> Part:
        return Part(text=text, keyboard=keyboard(*rows))

    def _segment(self, segment: Segment) -> str:
        return self._wording.say("admin-segment", self._language, segment=segment.value)

    def _button(self, verb: AdminVerb, subject: str = "") -> tuple[str, str]:
        text = self._wording.say("admin-button", self._language, name=verb.value)
        return text, AdminPress(verb, subject).data()

    def _back(self, verb: AdminVerb, subject: str = "") -> tuple[str, str]:
        text = self._wording.say("admin-button", self._language, name="back")
        return text, AdminPress(verb, subject).data()


def _cut(text: str, characters: int) -> str:
    line = text.strip() if characters > TITLE_CHARACTERS else " ".join(text.split())
    return line if len(line) <= characters else f"{line[: characters - 1].rstrip()}…"
