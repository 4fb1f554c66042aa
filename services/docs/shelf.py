from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from services.chassis.errors import QuotaExceeded, ResourceNotFound
from services.docs.document import Content, Document


@dataclass(frozen=True, slots=True)
class Room:
    """How much one owner may keep, and for how long after it was last used."""

    max_documents: int
    max_bytes: int
    kept: timedelta


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents of one owner. A change makes another shelf of it."""

    documents: tuple[Document, ...] = ()

    @property
    def last_used_first(self) -> tuple[Document, ...]:
        newest = sorted(self.documents, key=lambda each: (each.used_at, each.document_id), reverse=True)
        return tuple(newest)

    @property
    def objects(self) -> frozenset[str]:
        """The names of what the vault keeps for this shelf."""
        return frozenset(name for document in self.documents for name in document.content.objects)

    @property
    def size_bytes(self) -> int:
        """How large the files are; what is kept once counts once."""
        return sum({each.content.file: each.content.size_bytes for each in self.documents}.values())

    def at(self, now: datetime, room: Room) -> Self:
        """Leave out what nobody used for too long."""
        kept = tuple(each for each in self.documents if each.used_at + room.kept > now)
        return self if len(kept) == len(self.documents) else replace(self, documents=kept)

    def find(self, document_id: str) -> Document | None:
        return next((each for each in self.documents if each.document_id == document_id), None)

    def get(self, document_id: str) -> Document:
        """Raises ResourceNotFound."""
        found = self.find(document_id)
        if found is None:
            raise ResourceNotFound("the document is no longer kept", metadata={"resource": "document"})
        return found

    def content_of(self, digest: str) -> Content | None:
        """What was read of the same file before."""
        return next((each.content for each in self.documents if each.content.digest == digest), None)

    def require_room(self, size_bytes: int, room: Room) -> None:
        """Raise QuotaExceeded when one more document of this size does not fit."""
        if len(self.documents) >= room.max_documents:
            raise _exceeded("documents", room.max_documents, len(self.documents))
        if size_bytes and self.size_bytes + size_bytes > room.max_bytes:
            raise _exceeded("document_bytes", room.max_bytes, self.size_bytes)

    def add(self, document: Document, room: Room) -> Self:
        """One that is there already stays as it is. Raises QuotaExceeded."""
        if self.find(document.document_id) is not None:
            return self
        is_shared = document.content.file in self.objects
        self.require_room(0 if is_shared else document.content.size_bytes, room)
        return replace(self, documents=(*self.documents, document))

    def absorb(self, other: "Shelf") -> Self:
        """Take in what another shelf has; what is there already stays. There is always room."""
        new = tuple(each for each in other.documents if self.find(each.document_id) is None)
        return replace(self, documents=(*self.documents, *new)) if new else self

    def remove(self, document_id: str) -> Self:
        return replace(
            self, documents=tuple(each for each in self.documents if each.document_id != document_id)
        )

    def without(self, other: "Shelf") -> Self:
        """Leave out what another shelf has."""
        left = tuple(each for each in self.documents if other.find(each.document_id) is None)
        return replace(self, documents=left)

    def renamed(self, document_id: str, title: str) -> Self:
        """Raises ResourceNotFound."""
        return self._with(replace(self.get(document_id), title=title))

    def used(self, document_ids: Sequence[str], now: datetime, *, fresh_for: timedelta) -> Self:
        """Note that documents are used now; what was noted a moment ago need not be again.

        Raises ResourceNotFound.
        """
        shelf = self
        for document_id in document_ids:
            found = shelf.get(document_id)
            if found.used_at + fresh_for < now:
                shelf = shelf._with(replace(found, used_at=now))
        return shelf

    def _with(self, document: Document) -> Self:
        return replace(
            self,
            documents=tuple(
                document if each.document_id == document.document_id else each for each in self.documents
            ),
        )


def _exceeded(quota: str, limit: int, used: int) -> QuotaExceeded:
    metadata = {"quota": quota, "limit": str(limit), "used": str(used)}
    return QuotaExceeded("no more documents can be kept", metadata=metadata)
