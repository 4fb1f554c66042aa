from services.video.providers.base import VideoProvider
from services.video.settings import VideoSettings, VideoVendor


def connect(settings: VideoSettings) -> dict[str, VideoProvider]:
    """Return every vendor that is configured, by name, the preferred one first; nothing is sent yet.

    Raises StartupError.
    """
    return {vendor: _connect(VideoVendor(vendor), settings) for vendor in settings.models_by_vendor}


def _connect(vendor: VideoVendor, settings: VideoSettings) -> VideoProvider:
    # No vendor needs another's SDK.
    submit_seconds, max_requests = settings.video_submit_seconds, settings.video_worker_jobs
    match vendor:
        case VideoVendor.RUNWAY:
            from services.video.providers.runway.connection import connect as runway  # noqa: PLC0415

            return runway(settings, submit_seconds=submit_seconds, max_requests=max_requests)
        case VideoVendor.GOOGLE:
            from services.video.providers.google.connection import connect as google  # noqa: PLC0415

            return google(settings, submit_seconds=submit_seconds, max_requests=max_requests)
