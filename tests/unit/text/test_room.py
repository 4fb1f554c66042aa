from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.text.conversation import Conversation, Finish, Material, Turn, Usage
from services.text.room import Room, fitted

USAGE = Usage("openai", "gpt-6-luna", 1, 1)


def turn(
    turn_id: str, *, instruction: str = "question", materials: tuple[Material, ...] = (), answer: str = "yes"
) -> Turn:
    return Turn(turn_id, instruction, materials, answer, Finish.STOP, USAGE)


def ids(turns: tuple[Turn, ...]) -> list[str]:
    return [each.turn_id for each in turns]


def test_the_newest_turns_go_along_as_far_as_there_is_room() -> None:
    long = tuple(turn(str(number), answer="word " * 100) for number in range(10))
    assert ids(Room(450, 100_000).newest(long)) == ["7", "8", "9"]
    assert ids(Room(1, 100_000).newest(long)) == ["9"]
    assert Room(1, 1).newest(()) == ()


def test_a_single_turn_that_is_too_large_keeps_its_answer_and_loses_material() -> None:
    material = Material("book", "слово " * 10_000)
    large = turn("1", materials=(material, material))
    [kept] = fitted(Conversation((large,)), 5000).turns
    assert kept.answer == "yes"
    assert kept.size_bytes <= 5000
    assert kept.materials[0].text.endswith("[…]")


def test_a_large_material_does_not_push_out_what_was_said_before_it() -> None:
    book = Material("book", "word " * 20_000)
    said = (turn("1"), turn("2", materials=(book,)), turn("3", materials=(book,)))
    kept = fitted(Conversation(said, summary="notes"), 50_000)
    assert ids(kept.turns) == ["1", "2", "3"]
    assert kept.summary == "notes"
    assert kept.size_bytes <= 50_000


texts = st.text(max_size=300)
turns = st.builds(
    lambda number, instruction, answer, materials: turn(
        str(number), instruction=instruction, answer=answer, materials=tuple(materials)
    ),
    st.integers(0, 20),
    texts,
    texts,
    st.lists(st.builds(Material, texts, texts), max_size=2),
)


@given(st.lists(turns, max_size=8, unique_by=lambda each: each.turn_id), st.integers(0, 2000))
def test_what_is_stored_is_the_newest_and_within_the_limit(said: list[Turn], max_bytes: int) -> None:
    kept = fitted(Conversation(tuple(said)), max_bytes).turns
    assert ids(kept) == [each.turn_id for each in said][len(said) - len(kept) :]
    assert len(kept) >= min(len(said), 1)
    if kept:
        bare = replace(kept[-1], materials=())
        assert sum(each.size_bytes for each in kept) <= max(max_bytes, bare.size_bytes)
