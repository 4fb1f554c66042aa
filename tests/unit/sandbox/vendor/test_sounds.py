import pytest

from services.sandbox.vendor import sounds
from tests.support.media import ogg, png, silence


def test_a_melody_remembers_what_it_says() -> None:
    assert (
        sounds.hear(sounds.speak("Где Мурка?\n— Здесь; рядом = тут")).text
        == "Где Мурка?\n— Здесь; рядом = тут"
    )


def test_the_longest_text_is_a_melody_of_minutes() -> None:
    heard = sounds.hear(sounds.speak("Я" * 4096))
    assert heard.text == "Я" * 4096
    assert 200 < heard.seconds < 300


def test_another_recording_says_that_the_sandbox_heard_it_and_how_long_it_is() -> None:
    heard = sounds.hear(ogg(3))
    assert heard.text.startswith("🧪 Песочница:")
    assert "3" in heard.text


def test_silence_says_nothing() -> None:
    assert sounds.hear(silence()).text == ""


@pytest.mark.parametrize("data", [b"", b"no sound", png()])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="sound"):
        sounds.hear(data)
