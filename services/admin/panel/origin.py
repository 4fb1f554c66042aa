from urllib.parse import urlsplit

from starlette.requests import Request


def is_own(request: Request) -> bool:
    """Tell whether a form was sent from a page of ours.

    https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
    """
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host", "")
    return request.headers.get("sec-fetch-site") == "same-origin"
