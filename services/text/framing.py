import json
from collections.abc import Sequence
from hashlib import blake2s

from services.text.conversation import Material, Turn
from services.text.providers.base import Image, Message, Role


def wrap(material: Material) -> str:
    """Mark a material off as data.

    The id is a digest of the material itself, so the text cannot hold the line that would end it: it
    would have to contain its own digest. And the same material looks the same in each request, which the
    vendor's prompt cache rewards.
    """
    title = json.dumps(material.title, ensure_ascii=False)
    mark = blake2s(f"{title}\n{material.text}".encode(), digest_size=16).hexdigest()
    return f"<material id={mark} title={title}>\n{material.text}\n</material id={mark}>"


def messages(
    history: Sequence[Turn], instruction: str, materials: Sequence[Material], images: tuple[Image, ...] = ()
) -> tuple[Message, ...]:
    """Return the conversation as the vendor gets it, the new question last."""
    said: list[Message] = []
    for turn in history:
        said.append(_question(turn.instruction, turn.materials))
        if turn.answer:
            said.append(Message(Role.ASSISTANT, (turn.answer,)))
    return (*said, _question(instruction, materials, images))


def _question(instruction: str, materials: Sequence[Material], images: tuple[Image, ...] = ()) -> Message:
    return Message(Role.USER, (*map(wrap, materials), instruction), images)
