import pytest

from services.chassis.errors import QuotaExceeded, ServiceUnavailable
from services.image.places import Places


def test_a_place_is_free_again_when_its_picture_has_ended_however_it_did() -> None:
    places = Places(max_per_user=1, max_drawings=10)
    with pytest.raises(ZeroDivisionError), places.taken(1):
        raise ZeroDivisionError
    with places.taken(1):
        pass


def test_a_user_with_all_places_taken_keeps_nobody_else_from_drawing() -> None:
    places = Places(max_per_user=1, max_drawings=2)
    with places.taken(1), places.taken(2):
        with pytest.raises(QuotaExceeded), places.taken(1):
            pass
        with pytest.raises(ServiceUnavailable) as refused, places.taken(3):
            pass
    assert refused.value.retry_after_seconds is not None
