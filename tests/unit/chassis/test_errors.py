import re
from pathlib import Path

import pytest
from quartet.common.v1.error_reason_pb2 import ErrorReason

from services.chassis import errors
from services.chassis.errors import Code, QuartetError

CONTRACT = Path(__file__).parents[3] / "proto/quartet/common/v1/error_reason.proto"
REASONS = [name for name in ErrorReason.keys() if name != "ERROR_REASON_UNSPECIFIED"]  # noqa: SIM118  # an enum


def test_every_reason_of_the_contract_has_one_class() -> None:
    assert sorted(errors.by_reason()) == sorted(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_a_class_has_the_code_that_the_contract_promises(reason: str) -> None:
    promised = re.search(rf"// ([A-Z_]+)\b[^\n]*\n(?:  //[^\n]*\n)*  {reason} = ", CONTRACT.read_text())

    assert promised is not None
    assert errors.by_reason()[reason].code == promised.group(1)


@pytest.mark.parametrize("reason", REASONS)
def test_only_unavailable_may_be_repeated(reason: str) -> None:
    error = errors.by_reason()[reason]()

    assert error.retryable == (error.code is Code.UNAVAILABLE)


def test_an_error_that_may_be_repeated_says_when() -> None:
    assert all(
        kind().retry_after_seconds is not None for kind in errors.by_reason().values() if kind().retryable
    )


def test_an_error_explains_itself_when_nobody_else_does() -> None:
    assert str(errors.QuotaExceeded()) == "The user has spent a limit."
    assert str(errors.QuotaExceeded("20 of 20 answers")) == "20 of 20 answers"


def test_errors_are_caught_by_their_one_base() -> None:
    with pytest.raises(QuartetError):
        raise errors.ContextTooLong
