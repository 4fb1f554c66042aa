from collections.abc import Callable

import pytest

from services.text.sound import Coder, Purpose, UnreadableSound
from tests.support.media import m4a, mp3, mp4, ogg, png, wav


@pytest.mark.parametrize("record", [ogg, mp3, wav])
async def test_what_every_vendor_knows_stays_as_it_is(record: Callable[[float], bytes]) -> None:
    recording = record(2)
    sound = await Coder().prepare(recording, Purpose.HEARD)
    assert sound.content == recording
    assert sound.seconds == pytest.approx(2, abs=0.1)


async def test_a_phones_recording_becomes_what_vendors_know() -> None:
    sound = await Coder().prepare(m4a(2), Purpose.HEARD)
    assert (sound.mime_type, sound.content[:4]) == ("audio/ogg", b"OggS")
    assert sound.seconds == pytest.approx(2, abs=0.1)


async def test_what_is_spoken_becomes_a_voice_message_in_one_channel() -> None:
    sound = await Coder().prepare(wav(2), Purpose.SPOKEN)
    again = await Coder().prepare(sound.content, Purpose.SPOKEN)
    assert (sound.mime_type, sound.content[:4]) == ("audio/ogg", b"OggS")
    assert again.content == sound.content
    assert sound.seconds == pytest.approx(2, abs=0.1)


PLAYLIST = b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"


@pytest.mark.parametrize("content", [b"", b"x" * 5000, png(), mp4(), ogg(2)[:300], PLAYLIST])
@pytest.mark.parametrize("purpose", Purpose)
async def test_what_holds_no_sound_is_refused(content: bytes, purpose: Purpose) -> None:
    with pytest.raises(UnreadableSound):
        await Coder().prepare(content, purpose)


async def test_a_file_that_takes_too_long_to_read_is_given_up() -> None:
    coder = Coder(timeout_seconds=0.001)
    with pytest.raises(UnreadableSound):
        await coder.prepare(ogg(), Purpose.HEARD)
