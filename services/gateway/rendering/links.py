import re

# A link that Telegram refuses makes it refuse the whole message. `tg://user` would call a person.
_WEB_ADDRESS = re.compile(
    r"https?://(?:[^\s/?#@\\]*@)?(?:(?:[\w-]+\.)+[^\W\d_][\w-]+|localhost)(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)


def is_web_address(url: str) -> bool:
    """Whether Telegram takes the address for a link: https://core.telegram.org/bots/api#messageentity."""
    return _WEB_ADDRESS.fullmatch(url) is not None
