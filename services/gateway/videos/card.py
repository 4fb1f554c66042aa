import math
from datetime import UTC, datetime
from typing import Final

from services.chassis.errors import QuartetError
from services.gateway.buttons import Keyboard, keyboard
from services.gateway.pictures.captions import under
from services.gateway.rendering import FormattedText, to_dicts
from services.gateway.turns import Part, VideoRef
from services.gateway.videos.buttons import Verb, VideoPress
from services.gateway.videos.money import dollars
from services.gateway.videos.refusals import may_be_ordered_again, refusal
from services.gateway.videos.video import Allowance, AspectRatio, Job, State
from services.gateway.wording import Language, Wording

SECONDS_PER_MINUTE: Final = 60
BAR_LENGTH: Final = 10


def waiting_part(job: Job, language: Language, wording: Wording, allowance: Allowance | None = None) -> Part:
    """What a video's message says while it is made, with a way out."""
    said = _progress(job, language, wording)
    if allowance is not None:
        said += "\n" + wording.say("video-left-today", language, seconds=allowance.seconds_left)
    rows = []
    if not job.cancel_requested:
        cancel = VideoPress(Verb.CANCEL, job.job_id).data
        rows.append([(wording.say("cancel-button", language), cancel)])
    return _part(under(job.prompt, said), keyboard(*rows) if rows else None)


def ended_part(job: Job, language: Language, wording: Wording) -> Part:
    """What a video's message is in the end: the video, or an honest sentence."""
    if job.state is State.SUCCEEDED:
        text = caption_of(job, language, wording)
        return Part(
            picture=VideoRef(job_id=job.job_id),
            text=text.text,
            entities=to_dicts(text.entities),
            keyboard=video_keyboard(job, language, wording),
        )
    if job.state is State.CANCELLED or job.failure is None:
        said, may_repeat = wording.say("video-cancelled", language), True
    else:
        said, may_repeat = refusal(job.failure, language, wording), may_be_ordered_again(job.failure)
    again = [(wording.say("video-retry-button", language), VideoPress(Verb.AGAIN, job.job_id).data)]
    return _part(under(job.prompt, said), keyboard(again) if may_repeat else None)


def refused_part(error: QuartetError, language: Language, wording: Wording) -> Part:
    """What is said where a video could not even be ordered."""
    return Part(text=refusal(error, language, wording))


def caption_of(job: Job, language: Language, wording: Wording) -> FormattedText:
    """What stands under a video: its prompt, who made it, what it cost."""
    facts = [job.model, wording.say("video-seconds", language, count=_shown_seconds(job))]
    cost = job.film.cost_micros if job.film else None
    if cost is not None:
        facts.append(dollars(cost))
    lines = " · ".join(fact for fact in facts if fact)
    if job.failed_over:
        lines += "\n" + wording.say("video-stand-in", language)
    return under(job.prompt, lines)


def video_keyboard(job: Job, language: Language, wording: Wording) -> Keyboard:
    """The buttons under a video."""

    def button(text: str, verb: Verb) -> tuple[str, str]:
        return text, VideoPress(verb, job.job_id).data

    return keyboard(
        [
            button(wording.say("video-again-button", language), Verb.AGAIN),
            button(wording.say("video-longer-button", language), Verb.LONGER),
        ],
        [
            button(wording.say("video-format-button", language), Verb.FORMAT),
            button(wording.say("video-file-button", language), Verb.FILE),
        ],
        [
            button(wording.say("good-button", language), Verb.GOOD),
            button(wording.say("bad-button", language), Verb.BAD),
        ],
    )


def format_keyboard(job_id: str, language: Language, wording: Wording) -> Keyboard:
    """The formats to have a video in."""
    formats = [
        (
            wording.say(f"video-ratio-{ratio.name.lower()}", language),
            VideoPress(Verb.FORMAT, job_id, ratio).data,
        )
        for ratio in AspectRatio
    ]
    return keyboard(formats, [(wording.say("back-button", language), VideoPress(Verb.SHUT, job_id).data)])


def status_of(job: Job, language: Language, wording: Wording) -> str:
    """How far a job is, in a word or two."""
    match job.state:
        case State.PENDING:
            return wording.say("video-state-pending", language)
        case State.SUBMITTING | State.RUNNING:
            return wording.say("video-state-running", language, percent=job.progress_percent or 0)
        case State.SUCCEEDED:
            return wording.say("video-state-succeeded", language)
        case State.FAILED:
            return wording.say("video-state-failed", language)
        case _:
            return wording.say("video-state-cancelled", language)


def _progress(job: Job, language: Language, wording: Wording) -> str:
    if job.cancel_requested:
        return wording.say("video-cancelling", language)
    lines = []
    if job.state is State.PENDING:
        lines.append(wording.say("video-queued", language, place=job.jobs_ahead + 1))
    else:
        lines.append(wording.say("video-making", language))
        if job.progress_percent:
            lines.append(bar(job.progress_percent))
    if (minutes := _minutes_left(job)) is not None:
        lines.append(wording.say("video-minutes", language, count=minutes))
    if job.estimated_cost_micros:
        lines.append(wording.say("video-cost", language, cost=dollars(job.estimated_cost_micros)))
    return "\n".join(lines)


def bar(percent: int) -> str:
    """How far something is, to look at."""
    full = round(BAR_LENGTH * min(100, max(0, percent)) / 100)
    return f"{'▰' * full}{'▱' * (BAR_LENGTH - full)} {percent} %"


def _minutes_left(job: Job) -> int | None:
    if job.expected_at is None:
        return None
    seconds = (job.expected_at - datetime.now(UTC)).total_seconds()
    return max(1, math.ceil(seconds / SECONDS_PER_MINUTE))


def _shown_seconds(job: Job) -> int:
    return round(job.film.duration_seconds) if job.film else job.duration_seconds


def _part(text: FormattedText, buttons: Keyboard | None) -> Part:
    return Part(text=text.text, entities=to_dicts(text.entities), keyboard=buttons)
