import numpy as np
import pytest

from services.chassis.errors import InternalError
from services.docs.passages import Passage
from services.docs.vectors import Vectors, digest_of

PASSAGES = [Passage(number, f"passage {number}") for number in range(1, 4)]
SPACE = "vendor/model/2"


def vectors() -> Vectors:
    return Vectors.of(SPACE, PASSAGES, [(3.0, 0.0), (0.0, 5.0), (1.0, 1.0)])


def test_the_nearest_passages_come_first_however_long_their_vectors_were() -> None:
    assert vectors().nearest((0.1, 0.2), most=2) == [2, 1]


def test_a_document_longer_than_what_is_worked_out_at_once_is_searched_to_its_end() -> None:
    passages = [Passage(1, str(number)) for number in range(5000)]
    rows = [(1.0, 0.0)] * 4999 + [(0.0, 1.0)]
    assert Vectors.of(SPACE, passages, rows).nearest((0.0, 2.0), most=1) == [4999]


def test_what_is_stored_is_found_again_in_half_the_room() -> None:
    kept = vectors()
    again = Vectors.decoded(kept.encoded())
    assert (again.space, again.digest) == (SPACE, digest_of(PASSAGES))
    assert np.array_equal(again.rows, kept.rows)
    assert kept.size_bytes == 3 * 2 * 2


@pytest.mark.parametrize("content", [b"", b"vectors", b"PK\x03\x04"])
def test_what_are_no_vectors_is_not_taken_for_some(content: bytes) -> None:
    with pytest.raises(InternalError):
        Vectors.decoded(content)


def test_passages_cut_in_another_way_are_others() -> None:
    assert digest_of(PASSAGES) != digest_of([Passage(1, "passage 1 passage 2"), PASSAGES[2]])
