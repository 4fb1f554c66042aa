from typing import Any

import pytest
from pydantic import ValidationError

from services.video.settings import VideoSettings, VideoVendor

RUNWAY: dict[str, Any] = {"runwayml_api_secret": "key"}
GOOGLE: dict[str, Any] = {"google_api_key": "key"}
NOTHING: dict[str, Any] = {}


def test_the_preferred_vendor_comes_first_and_one_without_a_key_is_left_out() -> None:
    assert list(VideoSettings(**RUNWAY, **GOOGLE).models_by_vendor) == ["runway", "google"]
    turned = VideoSettings(**RUNWAY, **GOOGLE, video_providers=(VideoVendor.GOOGLE, VideoVendor.RUNWAY))
    assert list(turned.models_by_vendor) == ["google", "runway"]
    assert list(VideoSettings(**GOOGLE).models_by_vendor) == ["google"]


def test_without_a_vendor_it_says_what_to_set() -> None:
    with pytest.raises(ValidationError, match="RUNWAYML_API_SECRET"):
        VideoSettings(**NOTHING)


@pytest.mark.parametrize("zone", ["Moscow/Europe", "../etc/passwd", ""])
def test_a_day_begins_in_a_time_zone_that_there_is(zone: str) -> None:
    with pytest.raises(ValidationError, match="IANA"):
        VideoSettings(**RUNWAY, video_time_zone=zone)
