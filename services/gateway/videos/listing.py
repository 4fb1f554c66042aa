from collections.abc import Sequence
from typing import Final

from services.gateway.buttons import keyboard
from services.gateway.pictures.captions import under
from services.gateway.rendering import to_dicts
from services.gateway.turns import Part
from services.gateway.videos.buttons import NO_JOB, Verb, VideoPress
from services.gateway.videos.card import status_of
from services.gateway.videos.video import Job, State
from services.gateway.wording import Language, Wording

PAGE_LENGTH: Final = 8
TITLE_CHARACTERS: Final = 36
SIGNS: Final = {
    State.PENDING: "⏳",
    State.SUBMITTING: "🎬",
    State.RUNNING: "🎬",
    State.SUCCEEDED: "✅",
    State.FAILED: "⚠️",
    State.CANCELLED: "⏹",
}

Row = list[tuple[str, str]]


def list_part(jobs: Sequence[Job], page_number: int, language: Language, wording: Wording) -> Part:
    """The videos of a person, the newest first, a button each."""
    if not jobs:
        return Part(text=wording.say("videos-none", language))
    page_count = -(-len(jobs) // PAGE_LENGTH)
    number = min(max(page_number, 1), page_count)
    shown = jobs[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH]
    rows: list[Row] = [
        [(_title(job, language, wording), VideoPress(Verb.OPEN, job.job_id).data)] for job in shown
    ]
    turning: Row = []
    if number > 1:
        turning.append(("⬅️", VideoPress(Verb.LIST, NO_JOB, str(number - 1)).data))
    if number < page_count:
        turning.append(("➡️", VideoPress(Verb.LIST, NO_JOB, str(number + 1)).data))
    if turning:
        rows.append(turning)
    rows.append([(wording.say("close-button", language), VideoPress(Verb.CLOSE).data)])
    return Part(text=wording.say("videos-title", language, count=len(jobs)), keyboard=keyboard(*rows))


def job_part(job: Job, language: Language, wording: Wording) -> Part:
    """What is known of a video, and what can be done about it."""
    text = under(job.prompt, f"{SIGNS[job.state]} {status_of(job, language, wording)}")
    rows: list[Row] = []
    if job.state is State.SUCCEEDED:
        rows.append([(wording.say("video-show-button", language), VideoPress(Verb.SHOW, job.job_id).data)])
    if job.state.is_final:
        rows.append([(wording.say("video-drop-button", language), VideoPress(Verb.DROP, job.job_id).data)])
    else:
        rows.append([(wording.say("cancel-button", language), VideoPress(Verb.CANCEL, job.job_id).data)])
    rows.append([(wording.say("back-button", language), VideoPress(Verb.LIST, NO_JOB, "1").data)])
    return Part(text=text.text, entities=to_dicts(text.entities), keyboard=keyboard(*rows))


def closed_part(language: Language, wording: Wording) -> Part:
    """What is left of a list that cannot be deleted any more."""
    return Part(text=wording.say("videos-closed", language))


def _title(job: Job, language: Language, wording: Wording) -> str:
    words = " ".join(job.prompt.split()) or wording.say("video-of-picture", language)
    short = words if len(words) <= TITLE_CHARACTERS else words[: TITLE_CHARACTERS - 1] + "…"
    return f"{SIGNS[job.state]} {short}"
