from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import Final, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from services.chassis.errors import InternalError
from services.docs.passages import Passage

# So that what is worked out at once stays small: the arithmetic takes numbers of twice the size.
ROWS_AT_ONCE: Final = 2048
UNREADABLE: Final = (ValueError, KeyError, OSError, EOFError, BadZipFile)


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Where the passages of a document stand in a space: a row of length one for each.

    `digest` tells the passages from those that another way of cutting pages would make.
    """

    space: str
    digest: str
    rows: NDArray[np.float16]

    @classmethod
    def of(cls, space: str, passages: Sequence[Passage], vectors: Sequence[Sequence[float]]) -> Self:
        rows = _of_length_one(np.asarray(vectors, dtype=np.float32))
        return cls(space, digest_of(passages), rows.astype(np.float16))

    @property
    def size_bytes(self) -> int:
        return self.rows.nbytes

    def nearest(self, question: Sequence[float], *, most: int) -> list[int]:
        """Return the numbers of the passages that mean most like a question, the best first."""
        wanted = _of_length_one(np.asarray([question], dtype=np.float32))[0]
        likeness = np.concatenate(
            [
                self.rows[begin : begin + ROWS_AT_ONCE].astype(np.float32) @ wanted
                for begin in range(0, len(self.rows), ROWS_AT_ONCE)
            ]
        )
        return [int(number) for number in np.argsort(-likeness, kind="stable")[:most]]

    def encoded(self) -> bytes:
        target = BytesIO()
        np.savez(target, space=np.array(self.space), digest=np.array(self.digest), rows=self.rows)
        return target.getvalue()

    @classmethod
    def decoded(cls, content: bytes) -> Self:
        """Raises InternalError for what is none."""
        try:
            with np.load(BytesIO(content), allow_pickle=False) as read:
                return cls(str(read["space"]), str(read["digest"]), read["rows"])
        except UNREADABLE as error:
            raise InternalError("vectors cannot be read") from error


def digest_of(passages: Sequence[Passage]) -> str:
    """Tell passages from others."""
    digest = blake2b(digest_size=16)
    for passage in passages:
        digest.update(f"{passage.page_number}\0{passage.text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()


def _of_length_one(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    scaled: NDArray[np.float32] = np.divide(rows, lengths, dtype=np.float32)
    return scaled
