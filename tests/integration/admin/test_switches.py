from pathlib import Path
from typing import Any

import pytest
from quartet.admin.v1 import switch_service_pb2 as pb
from quartet.admin.v1.switch_service_pb2_grpc import SwitchServiceStub
from quartet.common.v1.actor_pb2 import Actor

from services.chassis.client import channel
from services.chassis.errors import InvalidRequest, PermissionDenied
from services.chassis.jetstream import Nats
from services.chassis.switches import open_switches
from tests.integration.chassis.rpc import free_settings
from tests.support.admin_service import admin_process
from tests.support.nats import NatsServer

OWNER, OPERATOR, ANALYST = (Actor(user_id=number) for number in (1, 2, 3))
ROLES = {"ADMIN_IDS": "1", "OPERATOR_IDS": "2", "ANALYST_IDS": "3"}
OFF = pb.VendorSwitch(provider="openai", model="gpt-6.2-sol", off=True)
LOUD = pb.LogSwitch(service="text", level="DEBUG")


async def _set(stub: Any, actor: Actor, **switch: Any) -> None:
    await stub.SetSwitch(pb.SetSwitchRequest(actor=actor, **switch), wait_for_ready=True)


async def test_admins_switch_what_their_role_allows_and_everybody_heeds_it(
    own_nats: NatsServer, nats: Nats, tmp_path: Path
) -> None:
    async with (
        admin_process(own_nats.url, tmp_path, **ROLES) as admin,
        channel(f"ipv4:127.0.0.1:{admin.grpc_port}") as opened,
    ):
        stub: Any = SwitchServiceStub(opened)
        await _set(stub, OPERATOR, vendor=OFF)
        await _set(stub, OWNER, level=LOUD)
        listed = await stub.ListSwitches(pb.ListSwitchesRequest(actor=ANALYST))
        assert (list(listed.vendors), list(listed.levels)) == ([OFF], [LOUD])
        async with open_switches(nats, free_settings(), "image", replicas=1) as switches:
            assert switches.is_off("openai", "gpt-6.2-sol")
            assert not switches.is_off("openai", "gpt-6-luna")

        for actor, switch in ((ANALYST, {"vendor": OFF}), (OPERATOR, {"level": LOUD})):
            with pytest.raises(PermissionDenied):
                await _set(stub, actor, **switch)
        with pytest.raises(InvalidRequest):
            await _set(stub, OWNER, vendor=pb.VendorSwitch(provider="a.>", off=True))
        await _set(stub, OPERATOR, vendor=pb.VendorSwitch(provider="openai", model="gpt-6.2-sol"))
        await _set(stub, OWNER, level=pb.LogSwitch(service="text"))
        listed = await stub.ListSwitches(pb.ListSwitchesRequest(actor=ANALYST))
        assert not listed.vendors
        assert not listed.levels
