from pathlib import Path

from aiogram.client.telegram import FilesPathWrapper

from services.chassis.errors import ResourceNotFound, StartupError


class LocalFiles(FilesPathWrapper):
    """The files of a Bot API server in local mode, which names them by path: read where it keeps them only.

    https://core.telegram.org/bots/api#using-a-local-bot-api-server
    """

    def __init__(self, directory: Path) -> None:
        """Raise StartupError where there is no such directory."""
        if not directory.is_dir():
            raise StartupError(
                f"TELEGRAM_FILES_DIRECTORY {directory} is no directory: mount there the files of the Bot API "
                "server, at the path under which it knows them itself."
            )
        self._directory = directory.resolve()

    def to_local(self, path: Path | str) -> Path:
        """Raise ResourceNotFound for a path that leads elsewhere, also by a link."""
        found = Path(path).resolve()
        if not found.is_relative_to(self._directory):
            raise ResourceNotFound("the Bot API server names a file outside of TELEGRAM_FILES_DIRECTORY")
        return found

    def to_server(self, path: Path | str) -> Path | str:
        return path
