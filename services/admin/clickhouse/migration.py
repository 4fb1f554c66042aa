import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import Final

from services.chassis.errors import StartupError

FILE_NAME: Final = re.compile(r"(?P<version>\d{4})_(?P<name>[a-z0-9_]+?)(?P<server>\.server)?\.sql")
FOLDER: Final = "services.admin.clickhouse.migrations"


@dataclass(frozen=True)
class Place:
    """Where the statements are to be done."""

    database: str
    cluster: str = ""
    is_server: bool = False


@dataclass(frozen=True)
class Migration:
    """One step of the schema's history."""

    version: int
    name: str
    is_for_servers: bool
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def statements(self, place: Place) -> list[str]:
        """Write the statements for a place."""
        return statements(self.text, place)


def statements(text: str, place: Place) -> list[str]:
    """Fill in a text's $database, $on_cluster and $replicated, and take it apart at semicolons."""
    filled = Template(text).substitute(
        database=place.database,
        on_cluster=f"ON CLUSTER {place.cluster}" if place.cluster else "",
        replicated="Replicated" if place.cluster else "",
    )
    code = "\n".join(line for line in filled.splitlines() if not line.lstrip().startswith("--"))
    return [statement.strip() for statement in code.split(";") if statement.strip()]


def shipped() -> tuple[Migration, ...]:
    """Return the migrations of this release, the oldest first. Raises StartupError."""
    found = sorted(_read(), key=lambda migration: migration.version)
    if len({migration.version for migration in found}) < len(found):
        raise StartupError("Two migrations of this release have one number.")
    return tuple(found)


def _read() -> Iterator[Migration]:
    for file in resources.files(FOLDER).iterdir():
        match = FILE_NAME.fullmatch(file.name)
        if match:
            yield Migration(
                int(match["version"]), match["name"], bool(match["server"]), file.read_text("utf-8")
            )
