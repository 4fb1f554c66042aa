from services.gateway.rendering.formatted_text import FormattedText
from services.gateway.rendering.markdown import render_partial
from services.gateway.rendering.splitting import MAX_TEXT_UTF16, cut
from services.gateway.rendering.table_cells import is_rule
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
        reopened = _reopening(f"{reopened}{window[:page_break]}")
        begin += page_break
    return reopened + markdown[begin:]


def _reopening(page: str) -> str:
    """What the next page begins with, so that its lines are what they were: a code block, rows of a table."""
    if fence := open_fence(page):
        return f"{fence}\n"
    head, *lines = page.split("\n")
    for number, line in enumerate(lines):
        if is_rule(line) and "|" in head and all("|" in row for row in lines[number + 1 : -1]):
            return f"{head}\n{line}\n"
        head = line
    return ""
