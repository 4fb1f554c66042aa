from dataclasses import replace
from typing import Any

import pytest

from services.chassis.errors import InvalidRequest, ModelNotFound
from services.video.job import Owner
from services.video.order import Order, Terms
from services.video.providers.base import AspectRatio, Offer

WORDS = Offer((5, 10), 5, (AspectRatio.WIDE,), takes_first_frame=False)
BOTH = Offer((4, 6, 8), 8, (AspectRatio.WIDE, AspectRatio.TALL), takes_first_frame=True)
PICTURES = Offer((5,), 5, (), takes_first_frame=True, needs_first_frame=True)
TERMS = Terms({"pictures": PICTURES, "words": WORDS, "both": BOTH}, max_prompt_characters=10)
ORDER = Order("order-1", Owner(1, 1), "A cat")


@pytest.mark.parametrize(
    ("fields", "model", "seconds"),
    [
        ({}, "words", 5),
        ({"first_frame": b"picture"}, "pictures", 5),
        ({"model": "both"}, "both", 8),
        ({"duration_seconds": 10}, "words", 10),
        ({"model": "both", "prompt": "", "first_frame_of": "other"}, "both", 8),
    ],
)
def test_who_names_no_model_gets_the_first_that_can_do_it(
    fields: dict[str, Any], model: str, seconds: int
) -> None:
    assert TERMS.settled(replace(ORDER, **fields)) == (model, seconds)


@pytest.mark.parametrize(
    ("fields", "violated"),
    [
        ({"prompt": "\n"}, "specification.prompt"),
        ({"prompt": "A very long cat"}, "specification.prompt"),
        ({"duration_seconds": 7}, "specification.duration_seconds"),
        ({"aspect_ratio": AspectRatio.SQUARE}, "specification.aspect_ratio"),
        ({"model": "words", "first_frame": b"picture"}, "first_frame"),
        ({"model": "pictures"}, "first_frame"),
    ],
)
def test_what_the_model_cannot_do_is_refused_before_anything_is_spent(
    fields: dict[str, Any], violated: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        TERMS.settled(replace(ORDER, **fields))
    assert [violation.field for violation in refusal.value.violations] == [violated]


def test_a_model_that_nobody_serves_is_not_found() -> None:
    with pytest.raises(ModelNotFound):
        TERMS.settled(replace(ORDER, model="unknown"))


@pytest.mark.parametrize(
    ("fields", "violated"),
    [
        ({"job_id": ""}, "request_id"),
        ({"job_id": "a.*"}, "request_id"),
        ({"job_id": "a..b"}, "request_id"),
        ({"job_id": "a" * 129}, "request_id"),
        ({"first_frame_of": ">"}, "first_frame_of_job_id"),
        ({"first_frame_of": "other", "first_frame": b"picture"}, "first_frame_of_job_id"),
        ({"owner": Owner(0, 1)}, "caller.user_id"),
        ({"owner": Owner(1, 0)}, "caller.chat_id"),
    ],
)
def test_an_order_says_whose_it_is_under_a_name_that_is_safe(fields: dict[str, Any], violated: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        replace(ORDER, **fields).require_identity()
    assert [violation.field for violation in refusal.value.violations] == [violated]
