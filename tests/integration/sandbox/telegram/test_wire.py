import json
import re

import aiohttp
import pytest

from services.sandbox.telegram.settings import TelegramSandboxSettings
from tests.support.telegram import SandboxTelegram

TOKEN = TelegramSandboxSettings().sandbox_bot_token
PARAMS = {
    "reply_markup": json.dumps({"inline_keyboard": [[{"text": "b", "callback_data": "d"}]]}),
    "text": "hi",
}


@pytest.mark.parametrize("form", ["query", "urlencoded", "multipart", "json", "upper_case_method"])
async def test_parameters_come_in_every_form_of_telegram(
    base_url: str, telegram: SandboxTelegram, user: int, form: str
) -> None:
    url = f"{base_url}/bot{TOKEN}/{'SENDMESSAGE' if form == 'upper_case_method' else 'sendMessage'}"
    params = {**PARAMS, "chat_id": str(user)}
    async with aiohttp.ClientSession() as session:
        if form in ("query", "upper_case_method"):
            response = await session.get(url, params=params)
        elif form == "urlencoded":
            response = await session.post(url, data=params)
        elif form == "multipart":
            with aiohttp.MultipartWriter("form-data") as writer:
                for name, value in params.items():
                    writer.append(value).set_content_disposition("form-data", name=name)
            response = await session.post(url, data=writer)
        else:
            response = await session.post(url, json={**params, "chat_id": user})
        answer = await response.json()
    assert answer["ok"]
    assert answer["result"]["text"] == "hi"
    assert answer["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "d"


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot1000000002:another-token-another-token-another/getMe", 401, "Unauthorized"),
        (f"/bot{TOKEN}/noSuchMethod", 404, "Not Found: method not found"),
        (f"/file/bot{TOKEN}/any", 404, "Not Found"),
        (f"/bot{TOKEN}/sendMessage", 400, "Bad Request: message text is empty"),
        (f"/bot{TOKEN}/sendMessage?text=x", 400, "Bad Request: chat_id is empty"),
    ],
)
async def test_refusals_have_telegrams_envelope(
    base_url: str, path: str, status: int, description: str
) -> None:
    async with aiohttp.ClientSession() as session, session.get(base_url + path) as response:
        assert response.status == status
        assert await response.json() == {"ok": False, "error_code": status, "description": description}


async def test_a_body_that_is_not_json_is_refused(base_url: str) -> None:
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{base_url}/bot{TOKEN}/getMe", data=b"{", headers=headers) as response,
    ):
        assert response.status == 400


async def test_the_page_is_served_with_a_strict_policy_and_nothing_else_is(base_url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base_url}/") as page:
            assert page.status == 200
            assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
            linked = re.findall(r'(?:src|href)="(/page/[^"]+)"', await page.text())
        assert linked
        for path in linked:
            async with session.get(base_url + path) as response:
                assert response.status == 200
        for path in ("/page/..%2Fapp.py", "/page/js/..%2F..%2Fapp.py", "/page/.hidden", "/page/none.js"):
            async with session.get(base_url + path) as response:
                assert response.status == 404
