from collections.abc import Sequence
from datetime import datetime, timedelta

from services.chassis.roles import AdminRole
from services.gateway.access.standing import Mode, Standing
from services.gateway.administration.presses import AdminPress, AdminVerb
from services.gateway.buttons import keyboard
from services.gateway.feedback.letter import Letter
from services.gateway.matters import Matter
from services.gateway.turns import Part
from services.gateway.wording import Language, Wording

Row = list[tuple[str, str]]
MAX_LETTER_CHARACTERS = 3_000
MAX_ALERTS = 12
MAX_PLANS = 4
MAX_PLAN_NAME_BYTES = 32
"""More do not fit into a button; the panel has them."""


class Screens:
    """The admins' menu in one language."""

    def __init__(self, wording: Wording, language: Language) -> None:
        self._wording = wording
        self._language = language

    def home(self, role: AdminRole, mode: Mode, letters: int, alerts: int) -> Part:
        """What an admin of this role may do here."""
        alarm = self._wording.say("admin-button-alerts", self._language, count=alerts)
        rows: list[Row] = [
            [self._button("today", AdminVerb.TODAY), self._button("panel", AdminVerb.PANEL)],
            [(alarm, AdminPress(AdminVerb.ALERTS).data())],
        ]
        if role >= AdminRole.OPERATOR:
            mail = self._wording.say("admin-button-letters", self._language, count=letters)
            rows.append([self._button("person", AdminVerb.PERSON), self._button("mode", AdminVerb.MODE)])
            rows.append([(mail, AdminPress(AdminVerb.LETTERS, "0").data())])
            rows.append([self._button("casts", AdminVerb.CASTS)])
        return Part(text=self._joined("admin-menu", mode), keyboard=keyboard(*rows))

    def alerts(self, matters: Sequence[Matter], now: datetime) -> Part:
        """What needs a person at present, with the panel's pages about it."""
        say, rows = self._wording.say, list[list[dict[str, object]]]()
        texts = (
            [say("admin-alerts", self._language)] if matters else [say("admin-alerts-none", self._language)]
        )
        # The latest, where there are too many for a message.
        for matter in matters[-MAX_ALERTS:]:
            texts.append(f"{matter.said(self._language, self._wording)}\n{self._age(now - matter.since)}")
            if matter.url:
                rows.append(
                    [{"text": say("admin-alert-place", self._language, kind=matter.name), "url": matter.url}]
                )
        refresh, back = self._button("refresh", AdminVerb.ALERTS), self._button("back", AdminVerb.HOME)
        rows.append([{"text": text, "callback_data": data} for text, data in (refresh, back)])
        return Part(text="\n\n".join(texts), keyboard={"inline_keyboard": rows})

    def _age(self, age: timedelta) -> str:
        minutes = max(0, int(age.total_seconds() // 60))
        unit, count = ("minutes", minutes) if minutes < 60 else ("hours", minutes // 60)
        return self._wording.say("admin-alert-age", self._language, unit=unit, count=count)

    def mode(self, mode: Mode) -> Part:
        maintenance = "maintenance-off" if mode.is_in_maintenance else "maintenance-on"
        allow_list = "allow-list-off" if mode.is_allow_list_on else "allow-list-on"
        return Part(
            text=self._joined("admin-mode", mode),
            keyboard=keyboard(
                [self._button(maintenance, AdminVerb.MAINTENANCE, "off" if mode.is_in_maintenance else "on")],
                [self._button(allow_list, AdminVerb.ALLOW_LIST, "off" if mode.is_allow_list_on else "on")],
                [self._button("back", AdminVerb.HOME)],
            ),
        )

    def person(self, user_id: int, standing: Standing, uses: Sequence[str], plans: Sequence[str]) -> Part:
        """What is known of somebody, and what may be changed; `uses` are lines."""
        say, own = self._wording.say, str(user_id)
        lines = [say("admin-person", self._language, id=own, plan=standing.plan or "–")]
        lines += [self._state(name) for name in _states(standing)]
        text = "\n".join([*lines, "", *uses]).strip()
        ban = ("unban", AdminVerb.UNBAN) if standing.is_banned else ("ban", AdminVerb.BAN)
        allow = ("disallow", AdminVerb.DISALLOW) if standing.is_allowed else ("allow", AdminVerb.ALLOW)
        focus = ("unfocus", AdminVerb.UNFOCUS) if standing.is_in_focus_group else ("focus", AdminVerb.FOCUS)
        rows = [[self._button(*each, own)] for each in (ban, allow, focus)]
        rows += [self._plans(own, standing.plan, plans)] if plans else []
        rows.append([self._button("limits", AdminVerb.LIMITS, own)])
        return Part(text=text, keyboard=keyboard(*rows, [self._button("back", AdminVerb.HOME)]))

    def _plans(self, own: str, held: str, plans: Sequence[str]) -> Row:
        """The plans that somebody does not have, and having none."""
        none = self._wording.say("admin-button-no-plan", self._language)
        named = [name for name in plans if len(name.encode()) <= MAX_PLAN_NAME_BYTES]
        row = [(self._wording.say("admin-button-plan", self._language, plan=name), name) for name in named]
        others = [(text, name) for text, name in [*row[:MAX_PLANS], (none, "")] if name != held]
        return [(text, AdminPress(AdminVerb.PLAN, f"{own}:{name}").data()) for text, name in others]

    def letter(self, letters: Sequence[tuple[str, Letter]], index: int) -> Part:
        """One of the open letters, or that there is none."""
        back = [self._button("back", AdminVerb.HOME)]
        if not letters:
            text = self._wording.say("admin-letters-none", self._language)
            return Part(text=text, keyboard=keyboard(back))
        index %= len(letters)
        letter_id, letter = letters[index]
        head = self._wording.say(
            "admin-letter",
            self._language,
            number=index + 1,
            count=len(letters),
            id=str(letter.user_id),
            about=" · ".join(filter(None, ("👎" if letter.thumb < 0 else "", letter.command, letter.model))),
        )
        rows: list[Row] = [
            [
                self._button("reply", AdminVerb.REPLY, letter_id),
                self._button("close", AdminVerb.CLOSE, letter_id),
            ]
        ]
        if len(letters) > 1:
            back.insert(0, self._button("next", AdminVerb.LETTERS, str(index + 1)))
        said = self._reason(letter) + letter.text[:MAX_LETTER_CHARACTERS]
        return Part(text=f"{head}\n\n{said}", keyboard=keyboard(*rows, back))

    def _reason(self, letter: Letter) -> str:
        if letter.reason is None:
            return ""
        return self._wording.say("feedback-reason-button", self._language, reason=letter.reason) + "\n\n"

    def _joined(self, title: str, mode: Mode) -> str:
        texts = {
            "admin-menu": self._wording.say("admin-menu", self._language),
            "admin-mode": self._wording.say("admin-mode", self._language),
        }
        notes = [
            self._wording.say("admin-mode-maintenance", self._language) if mode.is_in_maintenance else "",
            self._wording.say("admin-mode-allow-list", self._language) if mode.is_allow_list_on else "",
        ]
        return "\n\n".join([texts[title], *filter(None, notes)])

    def _state(self, name: str) -> str:
        return self._wording.say("admin-person-state", self._language, state=name)

    def _button(self, name: str, verb: AdminVerb, subject: str = "") -> tuple[str, str]:
        text = self._wording.say("admin-button", self._language, name=name)
        return text, AdminPress(verb, subject).data()


def _states(standing: Standing) -> list[str]:
    held = {
        "banned": standing.is_banned,
        "allowed": standing.is_allowed,
        "focus": standing.is_in_focus_group,
    }
    return [name for name, holds in held.items() if holds]
