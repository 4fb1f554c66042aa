import pytest

from services.chassis.errors import ProviderOutOfFunds
from services.gateway.dialogue import Finish
from services.gateway.manuscript import MARK_RESERVE_UTF16, Manuscript, only_part_of, parts_of
from services.gateway.rendering import MAX_TEXT_UTF16, utf16_length
from services.gateway.wording import Language, Wording

WORDING = Wording.load()


def texts_of(manuscript: Manuscript) -> list[str]:
    return [part.text for part in parts_of(manuscript, Language.EN, WORDING)]


@pytest.mark.parametrize("language", list(Language))
def test_where_one_message_is_all_there_is_a_long_answer_is_cut_and_says_so(language: Language) -> None:
    manuscript = Manuscript("A word. " * 1000, Finish.INTERRUPTED, asked="Why?")
    part = only_part_of(manuscript, language, WORDING)
    assert utf16_length(part.text) <= MAX_TEXT_UTF16
    assert part.text.startswith("Why?\nA word.")
    for key in ("inline-cut", "interrupted-notice"):
        assert WORDING.say(key, language) in part.text


def test_where_one_message_is_enough_nothing_is_said_of_it() -> None:
    part = only_part_of(Manuscript("Because.", Finish.COMPLETE, asked="Why?"), Language.EN, WORDING)
    assert part.text == "Why?\nBecause."


def test_an_answer_that_ended_by_itself_has_no_note() -> None:
    assert texts_of(Manuscript("All **good**.", Finish.COMPLETE)) == ["All good."]


def test_what_was_asked_without_writing_stands_above_the_answer() -> None:
    [part] = parts_of(Manuscript("Because.", Finish.COMPLETE, asked="Why? 🚀"), Language.EN, WORDING)
    assert part.text == "Why? 🚀\nBecause."
    assert part.entities == ({"type": "blockquote", "offset": 0, "length": 7},)


@pytest.mark.parametrize(
    ("finish", "key"),
    [
        (Finish.STOPPED, "stopped-notice"),
        (Finish.INTERRUPTED, "interrupted-notice"),
        (Finish.TOO_LONG, "length-notice"),
    ],
)
def test_an_answer_that_was_cut_keeps_its_text_and_says_so(finish: Finish, key: str) -> None:
    [text] = texts_of(Manuscript("So far so", finish))
    assert text == f"So far so\n\n{WORDING.say(key, Language.EN)}"


def test_a_failure_after_some_text_keeps_the_text() -> None:
    [text] = texts_of(Manuscript("So far so", failure=ProviderOutOfFunds()))
    assert text.startswith("So far so\n\n")


def test_a_model_that_said_nothing_is_not_answered_with_silence() -> None:
    [text] = texts_of(Manuscript("  \n", Finish.COMPLETE))
    assert text


def test_each_part_leaves_room_for_the_mark_of_one_sent_again() -> None:
    manuscript = Manuscript("word " * 5000, Finish.STOPPED)
    for language in Language:
        mark = WORDING.say("answer-resent", language) + "\n\n"
        assert utf16_length(mark) <= MARK_RESERVE_UTF16
        for part in parts_of(manuscript, language, WORDING):
            assert utf16_length(mark + part.text) <= MAX_TEXT_UTF16


def test_a_model_that_stands_in_for_the_chosen_one_is_named() -> None:
    [text] = texts_of(Manuscript("Yes.", Finish.COMPLETE, stand_in_model="gemini-3.8-flash"))
    assert text.startswith("Yes.\n\n")
    assert "gemini-3.8-flash" in text


def test_what_was_cut_within_bold_shows_no_stars() -> None:
    [text] = texts_of(Manuscript("It is **very impor", Finish.STOPPED))
    assert text.startswith("It is very impor\n\n")
