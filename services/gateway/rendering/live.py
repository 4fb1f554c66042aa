from services.gateway.rendering.formatted_text import FormattedText
from services.gateway.rendering.markdown import render_partial
from services.gateway.rendering.splitting import MAX_TEXT_UTF16, cut
from services.gateway.rendering.unfinished import open_fence


def live_view(markdown: str, limit_utf16: int = MAX_TEXT_UTF16) -> FormattedText:
    """What a draft or an edit shows of an answer that is being written: the message it has come to.

    Empty while there is nothing to see. Only the last page is rendered, so the work does not grow for ever.
    """
    parts = cut(render_partial(_last_page(markdown, limit_utf16)), limit_utf16)
    return parts[-1] if parts else FormattedText("")


def _last_page(markdown: str, size: int) -> str:
    """The source since the last page break. A break depends on what is before it, so it stays in place."""
    begin, reopened = 0, ""
    while len(markdown) - begin > size:
        window = markdown[begin : begin + size]
        page_break = max(window.rfind("\n\n") + 2, 0) if "\n\n" in window else window.rfind("\n") + 1
        if page_break <= 0:
            page_break = size
        fence = open_fence(f"{reopened}{window[:page_break]}")
        reopened = f"{fence}\n" if fence else ""
        begin += page_break
    return reopened + markdown[begin:]
