from collections.abc import Sequence
from typing import Final, NamedTuple

from services.gateway.administration.presses import AdminPress, AdminVerb
from services.gateway.buttons import keyboard
from services.gateway.quotas.measures import LIMIT_NAMES, Measure, limit_name
from services.gateway.quotas.quotas import Use
from services.gateway.turns import Part
from services.gateway.wording import Language, Wording

MICROS_PER_DOLLAR: Final = 1_000_000
MAX_VALUE_DIGITS: Final = 12
"""More do not fit into a button."""
FACTORS: Final = (0.5, 2, 10)
USUAL: Final = "usual"

Row = list[tuple[str, str]]


class LimitPress(NamedTuple):
    """What a press about limits is about. `value`: what is asked for; `is_usual`: what everyone has."""

    user_id: int
    name: str = ""
    value: int | None = None
    is_usual: bool = False

    @property
    def subject(self) -> str:
        asked = USUAL if self.is_usual else "" if self.value is None else str(self.value)
        return ":".join(filter(None, (str(self.user_id), self.name, asked)))


def parse_limit(subject: str) -> LimitPress | None:
    """What such a press's subject means, if it is one."""
    own, _, rest = subject.partition(":")
    name, _, asked = rest.partition(":")
    is_id = own.removeprefix("-").isdecimal() and len(own) <= 16
    if not is_id or name not in {"", *LIMIT_NAMES}:
        return None
    value = int(asked) if asked.isdecimal() and len(asked) <= MAX_VALUE_DIGITS else None
    return LimitPress(int(own), name, value, asked == USUAL)


class LimitScreens:
    """What limits somebody, and what may be made of it, in one language."""

    def __init__(self, wording: Wording, language: Language) -> None:
        self._wording = wording
        self._language = language

    def all(self, user_id: int, uses: Sequence[Use]) -> Part:
        """Everything that has a limit, a button each."""
        limited = [use for use in uses if use.limit is not None]
        rows: list[Row] = [
            [(f"{self._what(use)}: {self._number(use, use.limit or 0)}", self._press(user_id, _name(use)))]
            for use in limited
        ]
        text = self._wording.say("admin-limits", self._language, id=str(user_id), count=len(limited))
        back = (self._back(), AdminPress(AdminVerb.PERSON, str(user_id)).data())
        return Part(text=text, keyboard=keyboard(*rows, [back]))

    def one(self, user_id: int, use: Use) -> Part:
        """One limit with what it may become."""
        limit, name = use.limit or 0, _name(use)
        text = self._wording.say(
            "admin-limit",
            self._language,
            id=str(user_id),
            what=self._what(use),
            limit=self._number(use, limit),
            used=self._number(use, use.used),
        )
        values = sorted({round(limit * factor) for factor in FACTORS} - {limit})
        offers = [
            (self._number(use, value), self._press(user_id, name, value))
            for value in values
            if len(str(value)) <= MAX_VALUE_DIGITS
        ]
        usual = self._wording.say("admin-button", self._language, name="limit-usual")
        subject = LimitPress(user_id, name, is_usual=True).subject
        rows: list[Row] = [offers] if offers else []
        rows.append([(usual, AdminPress(AdminVerb.LIMIT, subject).data())])
        back = (self._back(), AdminPress(AdminVerb.LIMITS, str(user_id)).data())
        return Part(text=text, keyboard=keyboard(*rows, [back]))

    def _press(self, user_id: int, name: str, value: int | None = None) -> str:
        return AdminPress(AdminVerb.LIMIT, LimitPress(user_id, name, value).subject).data()

    def _what(self, use: Use) -> str:
        return self._wording.say("usage-measure", self._language, measure=use.measure, period=use.period)

    def _back(self) -> str:
        return self._wording.say("admin-button", self._language, name="back")

    @staticmethod
    def _number(use: Use, count: int) -> str:
        return f"${count / MICROS_PER_DOLLAR:.2f}" if use.measure is Measure.COST_MICROS else str(count)


def _name(use: Use) -> str:
    return limit_name(use.measure, use.period)
