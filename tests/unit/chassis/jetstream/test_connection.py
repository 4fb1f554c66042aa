import pytest
from nats.aio.client import ServerVersion
from nats.js.errors import BadRequestError, KeyWrongLastSequenceError, NotFoundError

from services.chassis.jetstream import UnsupportedServer, is_conflict, require_version


@pytest.mark.parametrize("version", ["2.12.0", "2.12.0-RC.3", "2.15.1", "3.0.0"])
def test_a_new_enough_server_is_accepted(version: str) -> None:
    require_version(ServerVersion(version))


@pytest.mark.parametrize("version", ["2.9.10", "2.11.16", "1.99.0", "0.0.0-unknown", "latest"])
def test_an_old_or_unknown_server_is_refused_with_what_is_needed(version: str) -> None:
    with pytest.raises(UnsupportedServer, match=r"NATS_URL .* needs 2\.12"):
        require_version(ServerVersion(version))


def test_both_shapes_of_a_lost_race_are_a_conflict() -> None:
    assert is_conflict(KeyWrongLastSequenceError(description="wrong last sequence: 3"))
    assert is_conflict(BadRequestError(code=400, err_code=10071, description="wrong last sequence: 3"))


def test_other_errors_are_no_conflict() -> None:
    assert not is_conflict(BadRequestError(code=400, err_code=10058))
    assert not is_conflict(NotFoundError(code=404, err_code=10059))
    assert not is_conflict(ValueError())
