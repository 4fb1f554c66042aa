"""Saves every stream of a NATS server while it runs, consumers included, and puts them back.

python deploy/backup/jetstream.py save|restore FOLDER; NATS_URL says where.
https://docs.nats.io/reference/reference-protocols/nats_api_reference
"""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import nats
from nats.aio.client import Client

CHUNK_BYTES: Final = 128 * 1024
PATIENCE_SECONDS: Final = 60.0


class Refused(Exception):
    """The server said no; the text is its reason."""


async def save(client: Client, folder: Path) -> list[str]:
    """Write each stream into `folder`, as NAME.json and NAME.tar.s2. Return the names."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240  # nothing else waits for this loop
    names = sorted([stream.config.name or "" for stream in await _streams(client)])
    for name in names:
        # Renamed when whole: a copy that was cut off is never taken for one.
        part = folder / f"{name}.part"
        what = await _save_one(client, name, part)
        (folder / f"{name}.json").write_text(json.dumps(what, indent=1))
        part.replace(folder / f"{name}.tar.s2")
    return names


async def restore(client: Client, folder: Path) -> list[str]:
    """Put back each stream that the server does not have, and return their names."""
    present = {stream.config.name for stream in await _streams(client)}
    missing = sorted(path.stem for path in folder.glob("*.json") if path.stem not in present)  # noqa: ASYNC240
    for name in missing:
        await _restore_one(client, name, folder)
    return missing


async def _streams(client: Client) -> list[Any]:
    found: list[Any] = []
    while page := await client.jetstream().streams_info(offset=len(found)):
        found += page
    return found


async def _save_one(client: Client, name: str, file: Path) -> dict[str, Any]:
    inbox = client.new_inbox()
    chunks = await client.subscribe(inbox)
    request = {"deliver_subject": inbox, "chunk_size": CHUNK_BYTES, "jsck": True}
    answer = await _ask(client, f"$JS.API.STREAM.SNAPSHOT.{name}", request)
    with file.open("wb") as output:
        while (chunk := await chunks.next_msg(PATIENCE_SECONDS)).data:
            output.write(chunk.data)
            if chunk.reply:
                await chunk.respond(b"")
    await chunks.unsubscribe()
    status = (chunk.headers or {}).get("Status", "204")
    if status not in ("204", "200"):
        raise Refused(f"{name}: {status}")
    return {"config": answer["config"], "state": answer["state"]}


async def _restore_one(client: Client, name: str, folder: Path) -> None:
    what = json.loads((folder / f"{name}.json").read_text())
    answer = await _ask(client, f"$JS.API.STREAM.RESTORE.{name}", what)
    subject = answer["deliver_subject"]
    with (folder / f"{name}.tar.s2").open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            said = await client.request(subject, chunk, timeout=PATIENCE_SECONDS)
            if said.data:
                raise Refused(f"{name}: {said.data.decode()}")
    _checked(name, (await client.request(subject, b"", timeout=PATIENCE_SECONDS)).data)


async def _ask(client: Client, subject: str, request: dict[str, Any]) -> dict[str, Any]:
    answer = await client.request(subject, json.dumps(request).encode(), timeout=PATIENCE_SECONDS)
    return _checked(subject, answer.data)


def _checked(about: str, data: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(data)
    if "error" in answer:
        raise Refused(f"{about}: {answer['error']['description']}")
    return answer


async def main(command: str, folder: Path, url: str) -> None:
    """Do what was asked for and say which streams it was. Raises Refused."""
    client = await nats.connect(url)
    try:
        names = await (save if command == "save" else restore)(client, folder)
    finally:
        await client.close()
    sys.stdout.write(f"{command}d {len(names)}: {', '.join(names)}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("save", "restore"))
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asyncio.run(main(asked.command, asked.folder, os.environ.get("NATS_URL", "nats://127.0.0.1:4222")))
