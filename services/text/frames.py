import json
from hashlib import blake2s


def frame(kind: str, text: str, **labels: str) -> str:
    """Mark a text off as what it is.

    The id is a digest of what is framed, so the text cannot hold the line that would end it: it would have
    to contain its own digest. And the same text looks the same in each request, which the vendor's prompt
    cache rewards. Labels are one line each, whatever they hold.
    """
    attributes = "".join(f" {name}={_quoted(label)}" for name, label in labels.items())
    mark = blake2s(f"{kind}{attributes}\n{text}".encode(), digest_size=16).hexdigest()
    return f"<{kind} id={mark}{attributes}>\n{text}\n</{kind} id={mark}>"


def _quoted(label: str) -> str:
    # Unicode has more line ends than JSON escapes.
    return json.dumps(" ".join(label.split()), ensure_ascii=False)
