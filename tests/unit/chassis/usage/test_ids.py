from uuid import UUID

from services.chassis.usage import request_id, usage_id


def test_a_repeated_step_repeats_its_id() -> None:
    assert usage_id("42.7", "reply.1") == usage_id("42.7", "reply.1")
    # Written down: a release that made others would count twice what is replayed across its rollout.
    assert request_id("42.7") == "36e255b0-7be3-5447-a9fa-526de6c7dbd7"


def test_steps_and_turns_have_ids_of_their_own() -> None:
    ids = [usage_id("1", "a"), usage_id("1", "b"), usage_id("2", "a"), usage_id("12", "a"), request_id("1")]
    assert len({UUID(each) for each in ids}) == len(ids)
