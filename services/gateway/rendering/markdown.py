from functools import cache

import structlog
from telegramify_markdown import MessageEntity, RenderConfig, convert

from services.gateway.rendering.formatted_text import Entity, EntityType, FormattedText, clip
from services.gateway.rendering.formulas import with_formulas_as_tex
from services.gateway.rendering.links import is_web_address
from services.gateway.rendering.nesting import nested
from services.gateway.rendering.source import readable
from services.gateway.rendering.tables import with_tables_as_text
from services.gateway.rendering.unfinished import completed
from services.gateway.rendering.utf16 import utf16_length

log = structlog.get_logger()

MAX_GROWTH = 4
"""Deep lists and wide tables grow with the square of their source: beyond this they stay as written."""
MAX_GROWTH_CHARACTERS = 4096
_TYPES = {type_.value: type_ for type_ in EntityType}


def render(markdown: str) -> FormattedText:
    """The Markdown as Telegram shows it. Whatever the Markdown is, its text is shown; nothing is raised."""
    try:
        source = with_tables_as_text(with_formulas_as_tex(readable(markdown)))
        text, entities = convert(source, latex_escape=False, config=_style())
    except Exception as error:  # noqa: BLE001 - an answer must not be lost to what a parser cannot read
        log.warning("markdown_unreadable", error=type(error).__name__)
        return _plain(markdown)
    if len(text) > MAX_GROWTH * len(markdown) + MAX_GROWTH_CHARACTERS:
        return _plain(markdown)
    return _trimmed(text, nested(kept for entity in entities if (kept := _kept(entity)) is not None))


def render_partial(markdown: str) -> FormattedText:
    """Markdown that is still being written: what is open is closed, marks without content are left out."""
    return render(completed(markdown))


@cache
def _style() -> RenderConfig:
    """The looks: no pictures before headings, round bullets, boxes that tell done from open."""
    style = RenderConfig.isolated()
    symbols = style.markdown_symbol
    symbols.heading_level_1 = symbols.heading_level_2 = ""
    symbols.heading_level_3 = symbols.heading_level_4 = ""
    symbols.unordered_list_item = "•"
    symbols.image = "🖼 "
    symbols.task_uncompleted = "⬜"
    style.cite_expandable = False
    return style


def _kept(entity: MessageEntity) -> Entity | None:
    type_ = _TYPES.get(entity.type)
    is_refused = type_ is EntityType.TEXT_LINK and not is_web_address(entity.url or "")
    if type_ is None or is_refused:
        return None
    # A fence may say more than the language: "```python title=a.py".
    language = (entity.language or "").split()[:1]
    return Entity(type_, entity.offset, entity.length, entity.url, language[0] if language else None)


def _plain(markdown: str) -> FormattedText:
    return FormattedText(markdown.encode(errors="replace").decode().strip())


def _trimmed(text: str, entities: tuple[Entity, ...]) -> FormattedText:
    kept = text.rstrip()
    shown = kept.lstrip("\n")
    begin = len(kept) - len(shown)
    return FormattedText(shown, clip(entities, begin, begin + utf16_length(shown)))
