from collections.abc import Mapping
from pathlib import Path
from typing import Final

from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import ApiError, bad_request
from services.sandbox.telegram.media.files import StoredFile
from services.sandbox.telegram.media.identifiers import read_file_id
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

MAX_DOWNLOAD_BYTES: Final = 20 * 1024 * 1024


def get_file(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#getfile"""
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    try:
        key = read_file_id(file_id)
    except ApiError as error:
        raise bad_request("invalid file_id") from error
    file = sandbox.files.find(file_id)
    size, directory = len(file.data), sandbox.settings.sandbox_files_directory
    if size > MAX_DOWNLOAD_BYTES and directory is None:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file.unique_id(key.size),
        "file_size": size,
        "file_path": file.path if directory is None else str(_kept(file, directory)),
    }


def _kept(file: StoredFile, directory: Path) -> Path:
    """https://core.telegram.org/bots/api#using-a-local-bot-api-server"""
    path = directory.resolve() / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.data)
    return path


METHODS: Final[Mapping[str, Handler]] = {"getFile": get_file}
