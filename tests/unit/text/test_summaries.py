from services.text.conversation import Conversation, Finish, Turn, Usage
from services.text.room import Room
from services.text.summaries import old_part

ROOM = Room(tokens=1000, size_bytes=100_000)


def conversation(count: int, tokens_each: int) -> Conversation:
    answer = "a" * (4 * tokens_each)
    usage = Usage("openai", "m", 1, 1)
    said = tuple(Turn(str(number), "q", (), answer, Finish.STOP, usage) for number in range(count))
    return Conversation(said, summary="notes")


def test_nothing_is_summarised_while_there_is_room() -> None:
    assert not old_part(conversation(5, 100), ROOM).turns


def test_the_older_half_is_told_together_with_the_former_summary() -> None:
    told = old_part(conversation(12, 100), ROOM)
    assert told.summary == "notes"
    assert [turn.turn_id for turn in told.turns] == [str(number) for number in range(8)]


def test_the_newest_turn_stays_word_for_word_however_long() -> None:
    assert [turn.turn_id for turn in old_part(conversation(2, 5000), ROOM).turns] == ["0"]
    assert not old_part(conversation(1, 5000), ROOM).turns
