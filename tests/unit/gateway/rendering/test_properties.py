from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.gateway.rendering import FormattedText, live_view, render, render_partial, split, utf16_length
from services.gateway.rendering.nesting import nested
from services.gateway.rendering.utf16 import to_units
from tests.unit.gateway.rendering.checks import assert_cut_is_good, assert_telegram_takes, marks_of, places_of
from tests.unit.gateway.rendering.documents import Document, documents

FOOTER_ROOM_UTF16 = len("\n\n999/999")
patiently = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@patiently
@given(documents)
def test_every_word_of_the_source_is_shown_in_its_order(document: Document) -> None:
    text, position = render(document.source).text, 0
    for word in document.plain_words:
        position = text.find(word, position)
        assert position >= 0, word
        position += len(word)


@patiently
@given(documents, st.integers(60, 700))
def test_parts_hold_the_whole_text_with_all_its_marks(document: Document, limit: int) -> None:
    whole = render(document.source)
    parts = split(whole, limit)
    marks = marks_of(whole, utf16_length(whole.text))
    for part, (begin, end) in zip(parts, places_of(parts, whole), strict=True):
        assert marks_of(part, end - begin) == marks[begin:end]


@patiently
@given(documents, st.integers(60, 700))
def test_parts_are_messages_that_telegram_takes_as_they_are(document: Document, limit: int) -> None:
    for part in split(render(document.source), limit):
        assert utf16_length(part.text) <= limit
        assert_telegram_takes(part)


@patiently
@given(documents, st.integers(60, 700))
def test_cuts_spare_words_characters_links_and_lines_of_code(document: Document, limit: int) -> None:
    whole = render(document.source)
    places = places_of(split(whole, limit), whole)
    for (_, end), (following, _) in pairwise(places):
        assert_cut_is_good(whole, end, following, limit - FOOTER_ROOM_UTF16)


@patiently
@given(documents, st.floats(0, 1), st.integers(60, 700))
def test_an_answer_cut_anywhere_shows_as_a_valid_message(
    document: Document, share: float, limit: int
) -> None:
    so_far = document.source[: int(len(document.source) * share)]
    for shown in (live_view(so_far, limit), live_view(so_far)):
        assert utf16_length(shown.text) <= 4096
        if shown.text:
            assert_telegram_takes(shown)
    assert utf16_length(live_view(so_far, limit).text) <= limit


@patiently
@given(
    st.text(alphabet=st.characters(), max_size=300)
    | st.text("*_`~|[](){}<>!#-+=>$\\\n \tab1.:/", max_size=200)
)
def test_whatever_a_model_writes_can_be_sent(source: str) -> None:
    for formatted in (render(source), render_partial(source)):
        assert tuple(nested(formatted.entities)) == formatted.entities
        for part in split(formatted):
            assert_telegram_takes(part)


@patiently
@given(st.text(min_size=1, max_size=200), st.integers(20, 60))
def test_plain_text_is_cut_without_loss(text: str, limit: int) -> None:
    whole = FormattedText(text)
    parts = split(whole, limit)
    places_of(parts, whole)
    assert all(len(to_units(part.text)) <= limit for part in parts)
