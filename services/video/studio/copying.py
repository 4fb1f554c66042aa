from pathlib import Path
from typing import Final

import av

from services.video.studio.film import Reel
from services.video.studio.inspecting import opened

INDEX_FIRST: Final = {"movflags": "+faststart"}


def copy_streams(source: Path, target: Path, reel: Reel) -> None:
    """Put pictures and sound, as they are, into an MP4 with its index in front. Raises what FFmpeg raises."""
    with opened(source, reel.demuxer) as film, av.open(str(target), "w", "mp4", options=INDEX_FIRST) as copy:
        streams = [film.streams.video[0], *film.streams.audio[:1]]
        copies = {stream.index: copy.add_stream_from_template(stream) for stream in streams}
        for packet in film.demux(streams):
            if packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                copy.mux(packet)
