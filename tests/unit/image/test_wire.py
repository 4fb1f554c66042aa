from quartet.image.v1 import picture_pb2

from services.image import wire
from services.image.darkroom import Problem


def test_every_style_and_format_of_the_contract_is_known() -> None:
    assert set(wire.STYLE_OF) == set(picture_pb2.Style.values()) - {picture_pb2.STYLE_UNSPECIFIED}
    assert set(wire.ASPECT_RATIO_OF) == set(picture_pb2.AspectRatio.values()) - {
        picture_pb2.ASPECT_RATIO_UNSPECIFIED
    }


def test_a_file_is_cut_into_pieces_of_which_the_last_says_so() -> None:
    content = bytes(range(256)) * 2500
    pieces = [*wire.chunks("image/png", content)]
    assert b"".join(piece.content for piece in pieces) == content
    assert [piece.is_last for piece in pieces] == [False, False, True]
    assert all(len(piece.content) <= 256 * 1024 for piece in pieces)


def test_problems_are_the_words_of_the_contract() -> None:
    assert {*map(str, Problem)} == {
        "not_an_image", "broken", "too_large", "too_many_pixels", "animated", "too_many"
    }  # fmt: skip
