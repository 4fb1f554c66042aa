from services.text.conversation import Finish, Picture, Turn, Usage
from services.text.pictures import Sight

SIGHT = Sight(max_pictures=3, max_bytes=100, mime_types=frozenset({"image/png"}))


def turn(turn_id: str, *pictures: Picture) -> Turn:
    usage = Usage("openai", "m", 1, 1)
    return Turn(turn_id, "What is it?", (), "A cat", Finish.STOP, usage, pictures=pictures)


def png(name: str, size_bytes: int = 10) -> Picture:
    return Picture(name, "image/png", size_bytes)


def chosen(*turns: Turn, taken_bytes: int = 0) -> list[str]:
    return [picture.name for _turn_id, picture in SIGHT.chosen(turns, taken_bytes=taken_bytes)]


def test_the_newest_go_along() -> None:
    turns = [turn(str(number), png(f"p{number}")) for number in range(5)]
    assert chosen(*turns) == ["p4", "p3", "p2"]


def test_what_has_no_room_stays_behind_and_a_smaller_one_goes() -> None:
    turns = turn("1", png("small")), turn("2", png("large", 80)), turn("3", png("new"))
    assert chosen(*turns, taken_bytes=40) == ["new", "small"]


def test_what_another_vendor_could_not_look_at_stays_behind() -> None:
    gif = Picture("gif", "image/gif", 10)
    assert chosen(turn("1", png("png"), gif)) == ["png"]
