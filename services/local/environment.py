from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

# What a process needs of the host, whatever it does.
HOST: Final = (
    *("PATH", "HOME", "USER", "LANG", "LC_*", "TZ", "TMPDIR", "PYTHON*", "NO_COLOR"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "*_proxy"),
)
CHASSIS: Final = (
    "QUARTET_RELEASE",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "OTEL_*",
    "GRPC_HOST",
    "DRAIN_SECONDS",
    "TLS_DIRECTORY",
    "FAILPOINTS",
)
ROLES: Final = ("ADMIN_IDS", "OPERATOR_IDS", "ANALYST_IDS")
GATEWAY: Final = (
    *ROLES,
    *("TELEGRAM_*", "WEBHOOK_*", "TEXT_PATIENCE_SECONDS", "IMAGE_PATIENCE_SECONDS"),
    *("DOCS_PATIENCE_SECONDS", "READING_TIMEOUT_SECONDS"),
    *("LEASE_SECONDS", "MAX_IN_FLIGHT_UPDATES", "ANSWER_TIMEOUT_SECONDS", "LEDGER_HOURS"),
    *("DRAWING_TIMEOUT_SECONDS", "STREAM_REPLICAS", "VIDEO_PATIENCE_SECONDS"),
    *("PUBLIC_URL", "LINK_*", "LINKS_*", "ANALYTICS_SECRET"),
    *("QUOTAS", "OPERATOR_TIME_ZONE", "FLOOD_UPDATES"),
)
OPENAI: Final = ("OPENAI_*",)
# GOOGLE_* would take in the credentials of Google's cloud.
GOOGLE: Final = (
    *("GOOGLE_API_KEY", "GOOGLE_BASE_URL", "GOOGLE_MODEL*", "GOOGLE_PROXY", "GOOGLE_*_SECONDS"),
    *("GOOGLE_*_MODEL", "GOOGLE_*_MODELS", "GOOGLE_VOICE", "GOOGLE_OUTPUT_HOSTS"),
)
VENDORS: Final = (*OPENAI, *GOOGLE)
TEXT: Final = (*VENDORS, "TEXT_*", "STREAM_REPLICAS")
IMAGE: Final = (*VENDORS, "IMAGE_*", "STREAM_REPLICAS")
DOCS: Final = ("DOCS_*", "TESSDATA_PREFIX", "STREAM_REPLICAS")
VIDEO: Final = (*ROLES, *GOOGLE, "RUNWAY*", "VIDEO_*", "STREAM_REPLICAS")
ADMIN: Final = (
    *ROLES,
    *("ADMIN_DIRECTORY", "CLICKHOUSE_*", "USAGE_*", "ROLLUP_SECONDS", "STREAM_REPLICAS"),
    *("PANEL_*", "MINI_APP_*", "SQL_*", "WORKLOADS_*", "TELEGRAM_BOT_ID", "TELEGRAM_PUBLIC_KEY"),
)
SANDBOX: Final = ("SANDBOX_*",)

# What the vendor's own pages and tools call them, and what Quartet does.
OTHER_NAMES: Final = {"GEMINI_API_KEY": "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL": "GOOGLE_BASE_URL"}


def read(dotenv: Path, process: Mapping[str, str]) -> dict[str, str]:
    """Join the file, where there is one, and the process's own environment, which wins."""
    from_file = dotenv_values(dotenv, interpolate=False) if dotenv.is_file() else {}
    return {name: value for name, value in {**from_file, **process}.items() if value is not None}


def pick(environment: Mapping[str, str], *patterns: Iterable[str]) -> dict[str, str]:
    """Return the variables that match: a part gets those it reads, and nobody else's secrets."""
    wanted = [pattern for group in patterns for pattern in group]
    return {
        name: value
        for name, value in environment.items()
        if any(fnmatchcase(name, pattern) for pattern in wanted)
    }


def without_proxy_to_loopback(environment: Mapping[str, str]) -> dict[str, str]:
    """Keep gRPC and HTTP clients from asking the host's proxy for a neighbour on this machine."""
    exempt = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    loopback = ",".join(filter(None, (exempt, "127.0.0.1", "localhost")))
    return {**environment, "NO_PROXY": loopback, "no_proxy": loopback}
