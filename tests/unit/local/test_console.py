import io
import threading

from services.local.console import MAX_WAITING_LINES, Console


class _StandingTerminal(io.BytesIO):
    """Takes nothing until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def write(self, line: bytes) -> int:  # type: ignore[override]  # bytes is all that is written
        self.goes_on.wait()
        return super().write(line)


def _lines(stream: io.BytesIO) -> list[str]:
    return stream.getvalue().decode().splitlines()


def test_lines_carry_the_name_of_who_wrote_them() -> None:
    stream = io.BytesIO()
    console = Console(stream, ["text", "gateway"], colour=False)
    console.line("text", "привет")
    console.line("gateway", "\x1b[32mgreen\x1b[0m")
    console.say("two\nlines")
    console.show("as it is")
    console.close()
    assert _lines(stream) == [
        "text    | привет",
        "gateway | green",
        "quartet | two",
        "quartet | lines",
        "as it is",
    ]


def test_colours_are_for_terminals() -> None:
    stream = io.BytesIO()
    console = Console(stream, ["text"], colour=True)
    console.line("text", "\x1b[32mgreen\x1b[0m")
    console.close()
    assert _lines(stream) == ["\x1b[36mtext    | \x1b[0m\x1b[32mgreen\x1b[0m"]


def test_a_terminal_that_stands_still_stops_nobody_and_what_was_dropped_is_counted() -> None:
    stream = _StandingTerminal()
    console = Console(stream, ["text"], colour=False)
    for number in range(MAX_WAITING_LINES + 50):
        console.line("text", str(number))
    stream.goes_on.set()
    console.close()
    assert len(_lines(stream)) <= MAX_WAITING_LINES + 2
    assert sum(line.endswith("lines were dropped") for line in _lines(stream)) == 1


def test_a_closed_terminal_is_no_error() -> None:
    stream = io.BytesIO()
    stream.close()
    console = Console(stream, ["text"], colour=False)
    console.say("nobody reads this")
    console.close()
