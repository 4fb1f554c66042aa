import socket

import pytest

from services.local import ports
from services.local.errors import PortsTaken
from services.local.parts import Binding, Part, Stage
from services.local.probes import NatsProbe
from tests.support.ports import free_port


def _part(name: str, port: int, variable: str) -> Part:
    binding = Binding("127.0.0.1", port, variable)
    return Part(name, Stage.STORE, (), {}, (binding,), NatsProbe("127.0.0.1", port))


def test_a_taken_port_is_named_with_who_needs_it_and_what_to_set() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortsTaken) as caught:
            ports.check([_part("nats", port, "NATS_PORT")])
    assert str(caught.value) == (
        f"nats needs port {port} on 127.0.0.1, but it is taken. "
        "Stop what uses it, or set NATS_PORT to a free port."
    )


def test_two_parts_cannot_have_one_port() -> None:
    port = free_port()
    with pytest.raises(PortsTaken, match="is wanted by nats and by text: set TEXT_GRPC_PORT to another"):
        ports.check([_part("nats", port, "NATS_PORT"), _part("text", port, "TEXT_GRPC_PORT")])


def test_free_ports_are_no_problem() -> None:
    ports.check([_part("nats", free_port(), "NATS_PORT")])
