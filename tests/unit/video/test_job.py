from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from services.chassis.errors import ContentRejected, InternalError
from services.video.job import (
    Failure,
    File,
    Film,
    ForbiddenMove,
    Job,
    Owner,
    Specification,
    State,
    is_identifier,
)
from services.video.providers.base import Submitted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NEW = Job("job-1", Owner(1, 2), Specification("A cat", "model", 5, None), NOW, NOW)
SUBMITTING = NEW.submitting("runway", "model", "worker", NOW, failed_over=False)
RUNNING = SUBMITTING.running(Submitted("task-1", 50_000))
FILE = File("job-1/display/1", "video/mp4", 9)
FILM = Film(FILE, FILE, FILE, 1280, 720, 5.0, has_sound=False, cost_micros=None)
ENDED = (RUNNING.succeeded(FILM), RUNNING.failed(InternalError()), NEW.cancelled())


def test_a_job_is_never_submitted_from_where_a_vendor_may_have_it() -> None:
    for job in (RUNNING, *ENDED):
        with pytest.raises(ForbiddenMove):
            job.submitting("runway", "model", "worker", NOW, failed_over=False)
        with pytest.raises(ForbiddenMove):
            job.waiting(NOW)


@pytest.mark.parametrize("ended", ENDED)
def test_an_end_is_final(ended: Job) -> None:
    with pytest.raises(ForbiddenMove):
        ended.cancelled()
    with pytest.raises(ForbiddenMove):
        ended.failed(InternalError())
    with pytest.raises(ForbiddenMove):
        ended.succeeded(FILM)


@pytest.mark.parametrize("job", [NEW, SUBMITTING, RUNNING, *ENDED])
def test_a_job_comes_back_from_the_store_as_it_went_there(job: Job) -> None:
    codec = TypeAdapter(Job)
    assert codec.validate_json(codec.dump_json(job)) == job


def test_why_a_job_failed_is_an_error_again() -> None:
    failed = NEW.failed(ContentRejected("no", metadata={"provider": "runway"}))
    assert failed.state is State.FAILED
    assert failed.failure is not None
    assert isinstance(failed.failure.error, ContentRejected)
    assert failed.failure.error.metadata == {"provider": "runway"}


def test_a_reason_of_a_newer_release_is_an_internal_error_here() -> None:
    assert isinstance(Failure("ERROR_REASON_OF_TOMORROW").error, InternalError)


@pytest.mark.parametrize("value", ["", "*", ">", "a.*", ".a", "a.", "a b", "a/b", "ä", "a" * 129])
def test_what_a_subject_would_take_for_more_than_a_name_is_none(value: str) -> None:
    assert not is_identifier(value)
