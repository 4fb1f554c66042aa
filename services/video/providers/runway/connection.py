from typing import Final

from services.video.providers.runway import client
from services.video.providers.runway.provider import RunwayVideos
from services.video.providers.runway.settings import RunwayVideoSettings

FILE_SILENCE_SECONDS: Final = 60.0
"""A file that says nothing for so long has broken off."""


def connect(settings: RunwayVideoSettings, *, submit_seconds: float, max_requests: int) -> RunwayVideos:
    """Build the provider; nothing is sent yet. Raises StartupError for a proxy that cannot be used."""
    opened = client.connect(settings, total_seconds=submit_seconds, max_requests=max_requests)
    files = client.http_client(settings, total_seconds=FILE_SILENCE_SECONDS, max_requests=max_requests)
    return RunwayVideos(
        opened,
        files,
        model_ids=settings.runway_video_model_ids,
        hosts=settings.runway_output_hosts,
        is_own_server=settings.runwayml_base_url is not None,
    )
