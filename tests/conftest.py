from collections.abc import Iterator

import pytest

from tests.support.nats import nats_server


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one real JetStream server for the whole session; tests use names of their own."""
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url
