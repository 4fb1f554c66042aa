from typing import Final

import aiohttp
from quartet.admin.v1.access_service_pb2 import CreateLinkRequest
from quartet.admin.v1.access_service_pb2_grpc import AccessServiceStub
from quartet.common.v1.actor_pb2 import Actor

from services.chassis.client import channel
from services.chassis.errors import QuartetError
from services.local.plan import SANDBOX_OWNER_ID, Plan

ASK_SECONDS: Final = 3.0


async def link(plan: Plan) -> str | None:
    """Return an address that opens the panel once, for the first owner; None where there is none now."""
    owner_id = plan.owner_id
    if owner_id is None:
        return None
    request = CreateLinkRequest(actor=Actor(user_id=owner_id))
    async with channel(plan.admin_target) as opened:
        try:
            response = await AccessServiceStub(opened).CreateLink(request, timeout=ASK_SECONDS)
        except QuartetError:
            return None
    return str(response.url)


async def introduce_owner(plan: Plan) -> None:
    """Let the owner be somebody in the sandbox, so that the bot can be asked for /admin there."""
    person = {"id": SANDBOX_OWNER_ID, "first_name": "Анна", "language_code": "ru"}
    url = f"{plan.telegram_api_url}/control/users"
    timeout = aiohttp.ClientTimeout(total=ASK_SECONDS)
    try:
        # Who is there already is refused, and that is as well.
        async with aiohttp.ClientSession(timeout=timeout) as session, session.post(url, json=person):
            pass
    except (aiohttp.ClientError, TimeoutError):
        return
