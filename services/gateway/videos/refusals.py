from services.chassis import errors
from services.gateway.wording import Language, Wording

# Ordering the same once more may go better: it is for the person to decide, since it may cost again.
AGAIN = (
    errors.SubmissionUnknown,
    errors.JobExpired,
    errors.ProviderInterrupted,
    errors.ProviderUnavailable,
    errors.ProviderRateLimited,
    errors.ProviderOutOfFunds,
    errors.InternalError,
    errors.ServiceUnavailable,
    errors.DeadlineExceeded,
)


def refusal(error: errors.QuartetError, language: Language, wording: Wording) -> str:
    """Why there is no video, in plain words: where an error speaks of answers and questions, in its own."""
    match error:
        case errors.ContentRejected():
            return wording.say("video-rejected", language)
        case errors.InvalidRequest():
            return wording.say("video-not-understood", language)
        case errors.ModelNotFound() | errors.ProviderMisconfigured():
            return wording.say("video-misconfigured", language)
        case errors.ProviderInterrupted() | errors.DeadlineExceeded():
            return wording.say("video-unfinished", language)
        case errors.ResourceNotFound():
            return wording.say("video-gone", language)
        case errors.QuotaExceeded() if error.metadata.get("quota") == "videos_at_once":
            limit = int(error.metadata.get("limit", "1"))
            return wording.say("video-too-many-at-once", language, count=limit)
        case errors.QuotaExceeded() if error.metadata.get("quota") == "video_seconds_per_day":
            return wording.say(
                "video-enough-today",
                language,
                limit=error.metadata.get("limit", ""),
                used=error.metadata.get("used", ""),
            )
        case _:
            return wording.error(error, language)


def may_be_ordered_again(error: errors.QuartetError) -> bool:
    """Whether a button for another attempt stands under the refusal."""
    return isinstance(error, AGAIN)
