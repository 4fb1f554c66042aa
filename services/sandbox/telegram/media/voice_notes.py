import asyncio
import io

import av

from services.sandbox.telegram.uploads import Upload

_SAMPLES_PER_SECOND = 48_000


async def as_voice_note(upload: Upload) -> Upload:
    """What a Telegram client records: Opus in Ogg, made of any sound; raises ValueError without a sound."""
    return Upload(await asyncio.to_thread(_encode, upload.data), "voice.ogg", "audio/ogg")


def _encode(data: bytes) -> bytes:
    target = io.BytesIO()
    try:
        with (
            av.open(io.BytesIO(data), "r", options={"protocol_whitelist": "none"}) as source,
            av.open(target, mode="w", format="ogg") as note,
        ):
            if not source.streams.audio:
                raise ValueError("there is no sound in the file")
            if source.format.name == "ogg" and "opus" in source.streams.audio[0].codec_context.name:
                return data
            stream = note.add_stream("libopus", rate=_SAMPLES_PER_SECOND, layout="mono")
            stream.bit_rate = 32_000
            for frame in source.decode(audio=0):
                note.mux(stream.encode(frame))
            note.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise ValueError("the file is no sound that can be read") from error
    return target.getvalue()
