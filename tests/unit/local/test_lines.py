from services.local.lines import Lines


def test_a_line_may_come_in_pieces() -> None:
    lines = Lines()
    assert list(lines.feed("при".encode()[:3])) == []
    assert list(lines.feed("при".encode()[3:] + b"vet\nnext\r\nrest")) == ["приvet", "next"]
    assert list(lines.rest()) == ["rest"]
    assert list(lines.rest()) == []


def test_empty_lines_are_kept() -> None:
    assert list(Lines().feed(b"a\n\nb\n")) == ["a", "", "b"]


def test_a_line_without_an_end_takes_bounded_memory() -> None:
    lines = Lines(max_line_bytes=4)
    assert list(lines.feed(b"abcdefghij")) == ["abcd", "efgh"]
    assert list(lines.feed(b"k\nabcdef\n")) == ["ijk", "abcd", "ef"]


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert list(Lines().feed(b"\xff!\n")) == ["\ufffd!"]
