from services.chassis.errors import InvalidRequest, Violation
from services.docs.document import Content
from services.docs.inbox import Inbox
from services.docs.library import Library
from services.docs.memory import Memory
from services.docs.readers.base import Unreadable
from services.docs.readings import Readings
from services.docs.stacks import Stacks
from services.docs.uploads import unsupported
from services.docs.vault import Vault


class Drawings:
    """Draws pages with a passage marked; those drawn lately are at hand."""

    def __init__(
        self,
        library: Library,
        stacks: Stacks,
        vault: Vault,
        inbox: Inbox,
        readings: Readings,
        *,
        max_bytes: int,
    ) -> None:
        self._library = library
        self._stacks = stacks
        self._vault = vault
        self._inbox = inbox
        self._readings = readings
        self._drawn: Memory[tuple[str, int, str], bytes] = Memory(max_bytes, len)

    async def draw(self, owner: int, document_id: str, page_number: int, passage: str) -> bytes:
        """Return a page as a PNG. Raises QuartetError."""
        (document,) = await self._library.use(owner, [document_id])
        content = document.content
        if not 1 <= page_number <= content.page_count:
            raise InvalidRequest(
                violations=[Violation("place.page_number", f"must be 1 to {content.page_count}")]
            )
        return await self._drawn.get(
            (content.file, page_number, passage), lambda: self._draw(content, page_number, passage)
        )

    async def _draw(self, content: Content, page_number: int, passage: str) -> bytes:
        password = (await self._stacks.transcript(content.transcript)).password
        # Of what is text, the name says how it is laid out.
        async with self._inbox.place(f".{content.format}") as path:
            await self._vault.get_file(content.file, path)
            try:
                return await self._readings.draw(path, page_number, passage, password)
            except Unreadable as error:
                raise unsupported(error) from error
