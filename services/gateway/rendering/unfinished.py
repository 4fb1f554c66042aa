import re

_FENCE = re.compile(r"^[ >]*(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)$", re.MULTILINE)
_MARKS_ONLY = re.compile(r"(?:\A|\n)[ \t]*[-=|:*+_#>`~ \t]+\Z")
_DANGLING_MARK = re.compile(r"(?:(?<=\s)|\A)(?:[*_~`\[$]+|\|\|)\Z")
_OPEN_ADDRESS = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\Z")
_OPEN_LABEL = re.compile(r"!?\[([^\[\]\n]*)\]?\Z")
_TOKEN = re.compile(r"\\.|`+|\*\*|\*|__|_|~~|\|\||\$\$", re.DOTALL)


def completed(markdown: str) -> str:
    """Closes what is still open, so that an answer looks the same while it is written as when it is done."""
    if open_fence(markdown) is not None:
        # A closing fence of which only the first marks have come is not code.
        return re.sub(r"\n[ \t]*(?:`{1,2}|~{1,2})\Z", "\n", markdown)
    head, tail = _last_block(markdown)
    tail = _MARKS_ONLY.sub("", tail.rstrip(" "))
    tail = _DANGLING_MARK.sub("", _OPEN_ADDRESS.sub(r"\1", tail))
    opened = _open_marks(tail)
    if not opened:
        return head + _OPEN_LABEL.sub(r"\1", tail)
    innermost = opened.pop()
    begun = len(tail) - len(tail.rstrip(innermost[0]))
    closing = innermost[begun:] if begun < len(innermost) else innermost
    if innermost[0] != "`":
        tail = _OPEN_LABEL.sub(r"\1", tail.rstrip())
    return head + tail + closing + "".join(reversed(opened))


def open_fence(markdown: str) -> str | None:
    """The mark and language that opened the code block which the text ends in."""
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(markdown):
        if opened is None:
            opened = fence
        elif fence["mark"].startswith(opened["mark"]) and not fence["info"].strip():
            opened = None
    return opened["mark"] + opened["info"] if opened else None


def _last_block(markdown: str) -> tuple[str, str]:
    begin = markdown.rfind("\n\n") + 2 if "\n\n" in markdown else 0
    if (fence := max((match.end() for match in _FENCE.finditer(markdown)), default=0)) > begin:
        begin = fence
    return markdown[:begin], markdown[begin:]


def _open_marks(text: str) -> list[str]:
    """The marks that wait for their counterpart, outermost first."""
    opened: list[str] = []
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark[0] == "\\" or (opened and opened[-1][0] == "`" and mark != opened[-1]):
            continue
        if mark in opened and _may_close(text, token):
            del opened[opened.index(mark) :]
        elif _may_open(text, token):
            opened.append(mark)
    return opened


def _may_close(text: str, token: re.Match[str]) -> bool:
    if token[0][0] in "`$":
        return True
    follows = text[token.end() : token.end() + 1]
    is_inside_word = token[0][0] == "_" and follows.isalnum()
    return not text[token.start() - 1].isspace() and not is_inside_word


def _may_open(text: str, token: re.Match[str]) -> bool:
    if token[0] == "$$" or token[0][0] == "`":
        return True
    follows = text[token.end() : token.end() + 1]
    # "2*3" and "snake_case" are hardly ever the beginning of an emphasis.
    is_inside_word = token[0] in "*__" and text[max(token.start() - 1, 0) : token.start()].isalnum()
    return bool(follows) and not follows.isspace() and not is_inside_word
