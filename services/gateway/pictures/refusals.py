from services.chassis import errors
from services.gateway.wording import Language, Wording


def refusal(error: errors.QuartetError, language: Language, wording: Wording) -> str:
    """Why there is no picture, in plain words: where an error speaks of answers and questions, in its own."""
    match error:
        case errors.ContentRejected():
            return wording.say("picture-rejected", language)
        case errors.InvalidRequest() | errors.ContextTooLong():
            return wording.say("picture-not-understood", language)
        case errors.ModelNotFound() | errors.ProviderMisconfigured():
            return wording.say("picture-misconfigured", language)
        case errors.ProviderInterrupted() | errors.DeadlineExceeded():
            return wording.say("picture-unfinished", language)
        case errors.ResourceNotFound():
            return wording.say("picture-gone", language)
        case errors.QuotaExceeded() if is_busy(error):
            limit = int(error.metadata.get("limit", "1"))
            return wording.say("picture-too-many-at-once", language, count=limit)
        case errors.QuotaExceeded() if error.metadata.get("quota") == "pictures_of_a_series":
            return wording.say("picture-series-full", language)
        case _:
            return wording.error(error, language)


def is_busy(error: errors.QuartetError) -> bool:
    """Whether there will be room for the picture once another one of the same person is drawn."""
    return error.metadata.get("quota") == "pictures_at_once"
