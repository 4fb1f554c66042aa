import re
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from services.admin.panel.settings import PanelSettings, is_loopback
from services.chassis.settings import Environment, Port

IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class AdminSettings(PanelSettings):
    """The admin service's environment. Each field is the variable of the same name in upper case."""

    grpc_port: Port = Field(default=7056, description="a free TCP port for gRPC")
    metrics_port: Port = Field(default=9096, description="a free TCP port for /metrics, /readyz and /livez")

    admin_directory: Path = Field(
        default=Path("/var/lib/quartet/admin"),
        description="where the embedded ClickHouse keeps its data; a directory of its own",
    )
    clickhouse_url: str | None = Field(
        default=None,
        description="a ClickHouse server, such as https://clickhouse:8443; empty: the embedded engine",
    )
    clickhouse_user: str = Field(default="default", description="the user at the ClickHouse server")
    clickhouse_password: SecretStr = Field(default=SecretStr(""), description="that user's password")
    clickhouse_ca_file: Path | None = Field(
        default=None, description="a PEM file with the authority of the server's certificate"
    )
    clickhouse_database: str = Field(default="quartet", description="the database; it is made where missing")
    clickhouse_cluster: str = Field(
        default="", description="a cluster of replicas that tables are made on; empty: one server"
    )
    clickhouse_readers: int = Field(default=2, ge=1, le=64, description="questions answered at once")
    clickhouse_question_seconds: float = Field(
        default=30.0, gt=0, le=600, description="longest time that a question may take"
    )
    clickhouse_question_bytes: int = Field(
        default=1_500_000_000, ge=50_000_000, description="memory that a question may take"
    )
    sql_seconds: float = Field(
        default=10.0, gt=0, le=120, description="longest time that what an analyst asks in SQL may take"
    )
    sql_bytes: int = Field(
        default=500_000_000, ge=50_000_000, description="memory that what an analyst asks in SQL may take"
    )
    usage_batch_rows: int = Field(default=1000, ge=1, le=50_000, description="usage events written at once")
    usage_batch_seconds: float = Field(
        default=1.0, gt=0, le=30, description="how long a usage event may wait for others"
    )
    usage_ack_wait_seconds: float = Field(
        default=30.0, ge=1, le=600, description="how long the events of a writer that died wait for the next"
    )
    rollup_seconds: float = Field(default=300.0, gt=0, description="how often hours are summed up")
    workloads_selector: str = Field(
        default="app.kubernetes.io/part-of=quartet",
        min_length=1,
        description="labels of our deployments and pods in Kubernetes",
    )
    stream_replicas: int = Field(default=1, ge=1, le=5, description="copies of streams in a NATS cluster")

    @field_validator("admin_directory")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        if not value.is_absolute() or value == Path(value.anchor):
            raise ValueError("must be an absolute path of a directory of its own")
        return value

    @field_validator("clickhouse_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must look like https://host:port")
        if parts.username or parts.password:
            raise ValueError("must not hold credentials: set CLICKHOUSE_USER and CLICKHOUSE_PASSWORD")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("must not have a path: set CLICKHOUSE_DATABASE")
        return value

    @field_validator("clickhouse_database", "clickhouse_cluster")
    @classmethod
    def _is_identifier(cls, value: str) -> str:
        if value and not IDENTIFIER.fullmatch(value):
            raise ValueError("must be a plain name of letters, digits and underscores")
        return value

    @model_validator(mode="after")
    def _server_is_safe(self) -> Self:
        parts = urlsplit(self.clickhouse_url or "")
        if not parts.hostname:
            if self.clickhouse_cluster:
                raise ValueError("CLICKHOUSE_CLUSTER needs CLICKHOUSE_URL: the embedded engine is alone")
            return self
        if self.clickhouse_ca_file is not None and parts.scheme != "https":
            raise ValueError("CLICKHOUSE_CA_FILE needs a CLICKHOUSE_URL with https")
        if self.environment is Environment.PRODUCTION and not is_loopback(parts.hostname):
            if parts.scheme != "https":
                raise ValueError("CLICKHOUSE_URL must be https beyond this machine")
            if not self.clickhouse_password.get_secret_value():
                raise ValueError("CLICKHOUSE_PASSWORD must be set for a server beyond this machine")
        return self
