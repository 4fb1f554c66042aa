import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import nats.errors

from services.chassis.errors import ResourceNotFound, ServiceUnavailable
from services.chassis.failpoints import Failpoints
from services.image.album import Album
from services.image.persistence import READ_SECONDS, persist
from services.image.picture import File, Files, Kept, Owner, Picture, Version
from services.image.providers.base import InputPicture
from services.image.vault import Vault


class Gallery:
    """The pictures that are kept. Methods raise ServiceUnavailable if the store stays silent."""

    def __init__(self, album: Album, vault: Vault, failpoints: Failpoints) -> None:
        self._album = album
        self._vault = vault
        self._failpoints = failpoints

    async def find(self, picture_id: str) -> Kept | None:
        """Return a picture, if it is there."""
        return await self._album.find(picture_id)

    async def show(self, which: Version | str, viewer: Owner) -> Kept:
        """Return a picture by its version or its id. Raises ResourceNotFound, also where it is another's."""
        if isinstance(which, Version):
            kept = await self._album.version(which)
        else:
            kept = await self._album.find(which)
        # Ids can be guessed, and Telegram's clients can make up what their buttons say.
        if kept is None or not kept.picture.owner.shares_with(viewer):
            raise ResourceNotFound("the picture is no longer kept", metadata={"resource": "picture"})
        return kept

    async def of_user(self, user_id: int) -> AsyncGenerator[Picture]:
        """Yield the pictures that a user has ordered, the oldest first."""
        try:
            async with aclosing(self._album.oldest()) as pictures:
                async for picture in pictures:
                    if picture.owner.user_id == user_id:
                        yield picture
        except nats.errors.Error as error:
            raise ServiceUnavailable("the store of pictures does not answer") from error

    async def forget(self, picture: Picture) -> None:
        """Delete a picture: what is known of it first, so that nobody finds it without its files."""

        async def remove() -> None:
            await self._album.remove(picture)

        await persist(remove, READ_SECONDS)
        await self._vault.delete(*picture.files.all)

    async def read(self, file: File) -> bytes:
        """Return a file of a picture. Raises ResourceNotFound when it is gone."""
        return await self._vault.get(file)

    async def check_room(self, series_id: str) -> None:
        """Raise QuotaExceeded when the series has as many pictures as it may."""
        await self._album.check_room(series_id)

    async def store(
        self, picture_id: str, original: InputPicture, display: InputPicture, inputs: Sequence[InputPicture]
    ) -> Files:
        """Store the files of a picture that nobody can find yet: all of them, or none."""
        pictures = (original, display, *inputs)
        puts = [
            asyncio.create_task(self._vault.put(picture_id, each.mime_type, each.content))
            for each in pictures
        ]
        try:
            files = await asyncio.gather(*puts)
        except BaseException:
            for put in puts:
                put.cancel()
            ended = await asyncio.gather(*puts, return_exceptions=True)
            await self._vault.delete(*(file for file in ended if isinstance(file, File)))
            raise
        await self._failpoints.hit("image.files_stored")
        return Files(files[0], files[1], tuple(files[2:]))

    async def add(self, picture: Picture) -> Kept:
        """Put a picture whose files are stored into its series: from then on it is there.

        One that was there already, because another replica was faster, stays.
        """
        kept = await self._album.add(picture)
        if kept.picture.files != picture.files:
            await self._vault.delete(*picture.files.all)
        await self._failpoints.hit("image.kept")
        return kept
