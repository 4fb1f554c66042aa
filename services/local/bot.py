from typing import Final

import aiohttp

TELEGRAM: Final = "https://api.telegram.org"
ASK_SECONDS: Final = 3.0


async def username(api_url: str | None, token: str, proxy: str | None) -> str | None:
    """Return the bot's @username, or None when Telegram does not tell now.

    https://core.telegram.org/bots/api#getme
    """
    url = f"{(api_url or TELEGRAM).rstrip('/')}/bot{token}/getMe"
    timeout = aiohttp.ClientTimeout(total=ASK_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, proxy=proxy) as response,
        ):
            answer = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    result = answer.get("result") if isinstance(answer, dict) else None
    return result.get("username") if isinstance(result, dict) else None
