from services.chassis import errors
from services.gateway.buttons import Keyboard, Press, keyboard, press_data
from services.gateway.delivery.turn import Purpose, Turn
from services.gateway.dialogue import Finish
from services.gateway.documents.keyboard import Row, key_row, rows_under
from services.gateway.manuscript import Manuscript
from services.gateway.updates import turn_suffix
from services.gateway.wording import Wording

PASSING: tuple[type[errors.QuartetError], ...] = (
    errors.ProviderRateLimited,
    errors.ProviderUnavailable,
    errors.ProviderInterrupted,
    errors.ProviderOutOfFunds,
    errors.ServiceUnavailable,
    errors.DeadlineExceeded,
    errors.InternalError,
)
"""What may have passed when it is tried again."""
ASKED_FOR_BY = {Purpose.REGENERATE: Press.AGAIN, Purpose.CONTINUE: Press.MORE}


def may_pass(error: errors.QuartetError) -> bool:
    """Whether to offer another attempt."""
    return isinstance(error, PASSING)


def may_be_tried_again(manuscript: Manuscript) -> bool:
    """Whether what asked is to be kept, for another attempt at an answer that there is none of."""
    if manuscript.opening is not None and manuscript.opening.locked_id:
        return True
    if manuscript.failure is not None:
        return manuscript.is_blank and may_pass(manuscript.failure)
    return manuscript.is_unread and not manuscript.remark


def keyboard_of(
    manuscript: Manuscript, turn: Turn, wording: Wording, *, is_rich: bool = False
) -> Keyboard | None:
    """The buttons under an answer: what one may want next, given how it ended and what it looks like."""
    presses = _presses(manuscript, turn)
    # What can be spoken is whole, and somebody's own: it can be judged.
    thumbs = (Press.GOOD, Press.BAD) if Press.SAY in presses else ()
    rows = [presses, (Press.COPY, Press.PLAIN) if is_rich else (), thumbs]
    suffix = turn_suffix(turn.question_id)
    buttons = [
        [(_text(press, turn, wording), press_data(press, suffix)) for press in row] for row in rows if row
    ]
    above, below = _document_rows(manuscript, turn, wording)
    buttons = [*above, *buttons, *below]
    return keyboard(*buttons) if buttons else None


def _document_rows(manuscript: Manuscript, turn: Turn, wording: Wording) -> tuple[list[Row], list[Row]]:
    """The buttons that speak of documents: those above the others' and those below them."""
    opening, sources, suffix = manuscript.opening, manuscript.sources, turn_suffix(turn.question_id)
    if opening is not None and opening.locked_id:
        return [key_row(opening.locked_id, suffix, turn.language, wording)], []
    if sources is None or turn.inline_message_id:
        return [], []
    return rows_under(sources, suffix, turn.language, wording, is_private=turn.is_private)


def _presses(manuscript: Manuscript, turn: Turn) -> tuple[Press, ...]:
    failure = manuscript.failure
    if manuscript.remark or turn.inline_message_id or (failure is not None and not may_pass(failure)):
        return ()
    if manuscript.is_unread or (failure is not None and manuscript.is_blank):
        return (ASKED_FOR_BY.get(turn.purpose, Press.TRY),)
    if failure is not None or manuscript.finish is not Finish.COMPLETE:
        return (Press.AGAIN,) if manuscript.is_blank else (Press.MORE, Press.AGAIN)
    # In a group each button would be one for everyone.
    return (Press.AGAIN, Press.SAY) if turn.is_private else ()


def _text(press: Press, turn: Turn, wording: Wording) -> str:
    match press:
        case Press.MORE:
            return wording.say("continue-button", turn.language)
        case Press.TRY:
            return wording.say("try-again-button", turn.language)
        case Press.AGAIN:
            return wording.say("regenerate-button", turn.language)
        case Press.SAY:
            return wording.say("speak-button", turn.language)
        case Press.COPY:
            return wording.say("copy-button", turn.language)
        case Press.PLAIN:
            return wording.say("plain-button", turn.language)
        case Press.GOOD:
            return wording.say("good-button", turn.language)
        case Press.BAD:
            return wording.say("bad-button", turn.language)
