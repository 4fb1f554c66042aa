import hashlib
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.admin.panel.wording import Language

FOLDER: Final = Path(str(files("services.admin.panel")))
UNITS: Final = {Language.RU: ("д", "ч", "мин", "с"), Language.EN: ("d", "h", "m", "s")}
STATIC: Final = FOLDER / "static"


def open_templates() -> Environment:
    """The templates; everything in them is escaped, and what is not known is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static_version"] = _version()
    environment.filters.update(number=number, money=money, moment=moment, ago=ago, share=share)
    return environment


def number(value: Any, language: str = Language.EN) -> str:
    """A whole number with its thousands apart."""
    text = f"{int(value or 0):,}"
    return text.replace(",", "\u202f") if language == Language.RU else text


def money(value: Any, language: str = Language.EN) -> str:
    """US dollars, with cents, or with more digits where it is less than one."""
    amount = float(value or 0)
    text = f"{amount:,.2f}" if abs(amount) >= 1 or amount == 0 else f"{amount:.4f}"
    return (
        f"{text.replace(',', chr(0x202F)).replace('.', ',')}\u202f$"
        if language == Language.RU
        else f"${text}"
    )


def share(value: Any, language: str = Language.EN) -> str:
    """A part of one, as a percentage; a dash where there is none."""
    if value is None:
        return "\u2013"
    text = f"{float(value) * 100:.1f}"
    return f"{text.replace('.', ',')}\u202f%" if language == Language.RU else f"{text}%"


def moment(value: Any) -> str:
    """A time in UTC, to the second, from a datetime or Unix seconds; a dash where there is none."""
    if not value:
        return "\u2013"
    at = value if isinstance(value, datetime) else datetime.fromtimestamp(float(value), UTC)
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at.year > 1970 else "\u2013"


def ago(value: Any, language: str = Language.EN) -> str:
    """How long ago a time was, in the largest unit that fits: 5 s, 3 m, 2 h, 4 d."""
    at = value.timestamp() if isinstance(value, datetime) else float(value or 0)
    seconds = max(0, int(datetime.now(UTC).timestamp() - at))
    lengths = (86_400, 3600, 60, 1)
    place = next((place for place, length in enumerate(lengths) if seconds >= length), len(lengths) - 1)
    return f"{seconds // lengths[place]}\u202f{UNITS[Language(language)][place]}"


def _version() -> str:
    digest = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
