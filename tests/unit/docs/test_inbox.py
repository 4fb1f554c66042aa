import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from services.chassis.errors import StartupError
from services.docs.arrival import Arrival
from services.docs.inbox import LEFTOVER_SECONDS, Inbox
from services.docs.readers.base import Problem, Unreadable


async def chunks(*given: bytes) -> AsyncIterator[bytes]:
    for chunk in given:
        yield chunk


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    inbox = Inbox(tmp_path / "inbox", max_bytes=10)
    inbox.open()
    return inbox


async def test_a_file_stands_there_for_the_block_and_then_no_more(inbox: Inbox, tmp_path: Path) -> None:
    async with inbox.receive(chunks(b"abc", b"", b"def")) as received:
        assert received.path.read_bytes() == b"abcdef"
        assert received.size_bytes == 6
        assert received.digest == sha256(b"abcdef").hexdigest()
    assert not [*(tmp_path / "inbox").iterdir()]


@pytest.mark.parametrize(
    ("given", "problem"), [((b"123456", b"78901"), Problem.TOO_LARGE), ((), Problem.EMPTY)]
)
async def test_what_is_too_large_or_empty_is_refused_and_leaves_nothing(
    inbox: Inbox, tmp_path: Path, given: tuple[bytes, ...], problem: Problem
) -> None:
    with pytest.raises(Unreadable) as refused:
        async with inbox.receive(chunks(*given)):
            pass
    assert refused.value.problem is problem
    assert not [*(tmp_path / "inbox").iterdir()]


def test_nobody_else_may_look_into_it(inbox: Inbox, tmp_path: Path) -> None:
    assert (tmp_path / "inbox").stat().st_mode & 0o777 == 0o700


def test_a_directory_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartupError, match="DOCS_DIRECTORY"):
        Inbox(tmp_path / "file" / "inbox", max_bytes=10).open()


def test_what_a_kill_left_is_cleared_and_what_another_process_reads_is_not(tmp_path: Path) -> None:
    old, new = tmp_path / "file-old", tmp_path / "file-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "document").write_bytes(b"secret")
    long_ago = old.stat().st_mtime - LEFTOVER_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    Inbox(tmp_path, max_bytes=10).open()
    assert [*tmp_path.iterdir()] == [new]


@pytest.mark.parametrize(
    ("filename", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\я\\отчёт.docx", "отчёт.docx"),
        ("a\nb\u202e.pdf", "a b .pdf"),
        ("/", ""),
    ],
)
def test_a_filename_is_one_line_without_folders(filename: str, safe: str) -> None:
    assert Arrival(1, "a", filename, 0).safe_filename == safe
