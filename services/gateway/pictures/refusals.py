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
        case _:
            return wording.error(error, language)
