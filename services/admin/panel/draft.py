import base64
import binascii
import datetime
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from quartet.gateway.v1 import delivery_service_pb2 as pb
from starlette.datastructures import UploadFile

from services.admin.panel.visit import Visit
from services.chassis.errors import InvalidRequest, Violation

BUTTON_ROWS: Final = 4
MAX_PICTURE_BYTES: Final = 500_000
KEPT: Final = "kept_picture"
NAME: Final = re.compile(r"[0-9a-f]{16}")
AUDIENCE: Final = ("language", "active_days", "chat_kind", "user_keys", "sql")
KINDS: Final = {"private": pb.CHAT_KIND_PRIVATE, "group": pb.CHAT_KIND_GROUP}


@dataclass(frozen=True)
class Draft:
    """A broadcast as it stands in the form. What cannot be read of it raises InvalidRequest."""

    fields: Mapping[str, str] = field(default_factory=dict)
    picture: bytes = b""

    def value(self, name: str) -> str:
        return self.fields.get(name, "").replace("\r\n", "\n")

    @property
    def button_rows(self) -> list[tuple[str, str]]:
        """Texts and addresses, as many as the form has places."""
        names = ((f"button_text_{row}", f"button_url_{row}") for row in range(BUTTON_ROWS))
        return [(self.value(text).strip(), self.value(url).strip()) for text, url in names]

    @property
    def picture_base64(self) -> str:
        return base64.b64encode(self.picture).decode()

    @property
    def picture_url(self) -> str:
        """The picture as an address that holds it."""
        kind = "png" if self.picture.startswith(b"\x89PNG") else "jpeg"
        return f"data:image/{kind};base64,{self.picture_base64}"

    @property
    def message(self) -> pb.DeliveryMessage:
        """What they get."""
        buttons = [pb.DeliveryButton(text=text, url=url) for text, url in self.button_rows if text or url]
        return pb.DeliveryMessage(markdown=self.value("markdown"), buttons=buttons, picture=self.picture)

    def audience(self, found: Iterable[int]) -> pb.Audience:
        """Who is meant; `found` are the keys that the SQL query has given."""
        return pb.Audience(
            language_code=self.value("language"),
            active_days=self._number("active_days"),
            chat_kind=KINDS.get(self.value("chat_kind"), pb.CHAT_KIND_UNSPECIFIED),
            user_keys=[*_keys(self.value("user_keys")), *found],
        )

    @property
    def messages_per_second(self) -> int:
        return self._number("messages_per_second")

    @property
    def scheduled_at(self) -> float:
        """Unix seconds; 0 is now."""
        if not (at := self.value("schedule_time")):
            return 0.0
        try:
            return datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC).timestamp()
        except ValueError as error:
            raise _invalid("schedule_time", "is no time") from error

    @cached_property
    def digest(self) -> str:
        """What was looked at: another message, or another audience, has another one."""
        digest = hashlib.sha256(self.message.SerializeToString(deterministic=True))
        digest.update("\0".join(self.value(name) for name in AUDIENCE).encode())
        return digest.hexdigest()

    @property
    def is_seen(self) -> bool:
        """Whether it is the one whose preview was shown."""
        return bool(NAME.fullmatch(self.value("campaign_id"))) and self.value("seen") == self.digest

    @cached_property
    def campaign_id(self) -> str:
        """The name that it is sent under. It stays while nothing changes: sent twice, it goes out once."""
        return self.value("campaign_id") if self.is_seen else secrets.token_hex(8)

    def _number(self, name: str) -> int:
        value = self.value(name) or "0"
        if not (value.isascii() and value.isdigit() and len(value) < 5):
            raise _invalid(name, "is no number")
        return int(value)


async def draft_of(visit: Visit) -> Draft:
    """Read the form; a picture that was sent before comes along in it. Raises InvalidRequest."""
    upload = visit.form.get("picture")
    if isinstance(upload, UploadFile) and upload.size:
        # One byte more than may be is enough to be refused.
        return Draft(visit.form_fields, await upload.read(MAX_PICTURE_BYTES + 1))
    if visit.form_fields.get("without_picture"):
        return Draft(visit.form_fields)
    try:
        kept = base64.b64decode(visit.form_fields.get(KEPT, ""), validate=True)
    except binascii.Error as error:
        raise _invalid(KEPT, "is no picture") from error
    return Draft(visit.form_fields, kept[: MAX_PICTURE_BYTES + 1])


def _keys(text: str) -> list[int]:
    """Keys of users as the SQL page shows them: decimal numbers, between whatever is no digit."""
    words = text.replace(",", " ").replace('"', " ").split()
    if not all(word.isascii() and word.isdigit() and int(word) < 2**64 for word in words):
        raise _invalid("user_keys", "are no keys")
    return [int(word) for word in words]


def _invalid(name: str, problem: str) -> InvalidRequest:
    return InvalidRequest(violations=[Violation(name, problem)])
