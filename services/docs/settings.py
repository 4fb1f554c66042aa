import os
from enum import StrEnum
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from services.chassis.settings import Port, ServiceSettings
from services.docs.limits import ReadingLimits


class Embeddings(StrEnum):
    """Whether documents are searched by meaning, too. AUTO: where the text service can."""

    AUTO = "auto"
    OFF = "off"


class DocsSettings(ServiceSettings):
    """The docs service's environment. Each field is the variable of the same name in upper case."""

    grpc_port: Port = Field(default=7053, description="a free TCP port for gRPC")
    metrics_port: Port = Field(default=9093, description="a free TCP port for /metrics, /readyz and /livez")

    text_target: str = Field(
        default="dns:///127.0.0.1:7051", description="where the text service is, such as dns:///text:7051"
    )
    docs_directory: Path = Field(
        default_factory=lambda: Path(gettempdir()) / "quartet-docs",
        description="where files stand while they are read; nothing else may stand there",
    )
    docs_max_file_bytes: int = Field(default=50_000_000, ge=1024, description="largest file")
    docs_max_documents: int = Field(default=100, ge=1, le=500, description="documents of one chat")
    docs_max_bytes_per_user: int = Field(
        default=500_000_000, ge=1024, description="files of one chat together"
    )
    docs_store_bytes: int = Field(
        default=2 * 1024**3, ge=1024**2, description="all that is kept; when it is full, no more is"
    )
    docs_kept_days: float = Field(
        default=30.0, gt=0, description="how long a document is kept after it was last used"
    )
    docs_store_timeout_seconds: float = Field(default=20.0, gt=0, description="for keeping a document")
    docs_max_uploads: int = Field(default=32, ge=1, description="files received and read at once")
    docs_max_readings: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="files read and pages drawn at once; others wait for their turn",
    )
    docs_reading_memory_bytes: int = Field(
        default=1024**3, ge=512 * 1024**2, description="address space of one reading"
    )
    docs_max_pages: int = Field(default=3000, ge=1, le=20_000, description="pages of one document")
    docs_max_answers: int = Field(default=500, ge=1, description="answers under way at once")
    docs_answer_characters: int = Field(
        default=300_000,
        ge=10_000,
        le=380_000,
        description="pages that go along with a question whole; below TEXT_MAX_MATERIAL_CHARACTERS",
    )
    docs_passages_characters: int = Field(
        default=100_000,
        ge=5_000,
        le=380_000,
        description="pages that go along with a question where not all do",
    )
    docs_notes_characters: int = Field(
        default=100_000, ge=5_000, le=380_000, description="pages that are made notes of at once"
    )
    docs_max_notes: int = Field(default=4, ge=1, description="notes of one document made at once")
    docs_digest_timeout_seconds: float = Field(
        default=120.0, gt=0, description="for the text service to make notes, or questions to suggest"
    )
    docs_embeddings: Embeddings = Field(
        default=Embeddings.AUTO,
        description="auto or off: whether documents are searched by meaning, too",
    )
    docs_cached_characters: int = Field(
        default=20_000_000, ge=0, description="text of documents kept in memory, at about 5 bytes each"
    )
    docs_cached_picture_bytes: int = Field(default=32_000_000, ge=0, description="drawn pages kept in memory")
    stream_replicas: int = Field(default=1, ge=1, le=5, description="copies of the store in a NATS cluster")

    @property
    def reading_limits(self) -> ReadingLimits:
        return ReadingLimits(memory_bytes=self.docs_reading_memory_bytes, pages=self.docs_max_pages)

    @field_validator("text_target")
    @classmethod
    def _is_a_target(cls, value: str) -> str:
        # https://github.com/grpc/grpc/blob/master/doc/naming.md
        parts = urlsplit(value)
        if parts.scheme not in ("dns", "ipv4", "ipv6", "unix") or not parts.path.strip("/"):
            raise ValueError("must look like dns:///host:port")
        return value

    @field_validator("docs_directory")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        if not value.is_absolute() or value == Path(value.anchor):
            raise ValueError("must be an absolute path of a directory of its own")
        return value
