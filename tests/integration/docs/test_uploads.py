from pathlib import Path

import pytest
from quartet.docs.v1 import document_pb2

from services.chassis.errors import InvalidRequest, QuotaExceeded, UnsupportedDocument
from tests.support.docs_service import DocsCaller
from tests.support.office_files import word_file

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEASE = "Срок аренды составляет один год.\fПлощадь помещения сорок метров, оно светлое."


async def test_a_document_is_read_and_described(docs: DocsCaller, tmp_path: Path) -> None:
    uploaded = await docs.upload(word_file(tmp_path / "a.docx").read_bytes(), "договор.docx")
    document = uploaded.document
    assert document.title == "Договор аренды"
    assert document.filename == "договор.docx"
    assert document.format == document_pb2.FORMAT_DOCX
    assert document.page_count == 2
    assert document.language_code == "ru"
    assert [heading.title for heading in document.outline] == ["Предмет договора", "Расторжение"]
    assert document.expire_time.seconds - document.create_time.seconds == 30 * 86_400
    assert uploaded.progress[0].page_count == 2


async def test_an_upload_that_is_repeated_finds_its_document(docs: DocsCaller) -> None:
    first = await docs.upload(LEASE.encode(), "a.txt", "upload-1")
    again = await docs.upload(LEASE.encode() * 20_000, "b.txt", "upload-1")
    assert again.document == first.document
    assert not again.progress


async def test_the_same_file_is_not_read_twice(docs: DocsCaller) -> None:
    await docs.upload(LEASE.encode(), "first.txt")
    again = await docs.upload(LEASE.encode(), "second.txt")
    assert not again.progress
    assert await docs.titles() == ["second", "first"]
    elsewhere = await docs.in_new_chat().upload(LEASE.encode())
    assert elsewhere.progress


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "empty"), (b"\x7fELF" + bytes(100), "unknown_format"), (b" \n \n", "empty")],
)
async def test_what_cannot_be_read_says_why(docs: DocsCaller, content: bytes, problem: str) -> None:
    with pytest.raises(UnsupportedDocument) as refused:
        await docs.upload(content)
    assert refused.value.metadata["problem"] == problem
    assert not await docs.titles()


async def test_a_file_that_is_too_large_is_refused_also_when_it_lies(tight: DocsCaller) -> None:
    for size_bytes in (5_000_000, 0):
        with pytest.raises(UnsupportedDocument) as refused:
            await tight.upload(b"a" * 5_000_000, size_bytes=size_bytes)
        assert refused.value.metadata == {"problem": "too_large", "limit": "1"}
    assert not [*tight.settings.docs_directory.glob("file-*")]


async def test_a_document_of_more_pages_than_the_operator_allows_is_refused(tight: DocsCaller) -> None:
    with pytest.raises(UnsupportedDocument) as refused:
        await tight.upload(b"\f".join([b"One of many pages."] * 151))
    assert refused.value.metadata == {"problem": "too_many_pages", "limit": "150"}


async def test_what_does_not_arrive_whole_is_not_kept(docs: DocsCaller) -> None:
    with pytest.raises(InvalidRequest):
        await docs.upload(LEASE.encode(), size_bytes=5)
    assert not await docs.titles()


async def test_nobody_keeps_more_than_they_may(tight: DocsCaller) -> None:
    await tight.upload(b"word " * 60_000)
    with pytest.raises(QuotaExceeded) as refused:
        await tight.upload(b"words " * 50_000, size_bytes=0)
    assert refused.value.metadata == {"quota": "document_bytes", "limit": "500000", "used": "300000"}
    await tight.upload("Документ номер два".encode())
    with pytest.raises(QuotaExceeded) as refused:
        await tight.upload("Ещё один".encode())
    assert refused.value.metadata == {"quota": "documents", "limit": "2", "used": "2"}


async def test_a_reading_nobody_waits_for_leaves_nothing(docs: DocsCaller) -> None:
    text = "\f".join(f"Страница {number}. " + "слово " * 500 for number in range(500))
    call = docs.uploading(text.encode(), "long.txt", "cancelled")
    async for _response in call:
        call.cancel()
        break
    again = await docs.upload(text.encode(), "long.txt", "cancelled")
    assert again.progress
    assert again.document.page_count == 500
    assert not [*docs.settings.docs_directory.glob("file-*")]


async def test_what_one_process_reads_is_there_for_another(docs: DocsCaller, tight: DocsCaller) -> None:
    document = (await docs.upload(LEASE.encode())).document
    answer = await tight.in_chat(docs.caller.chat_id).ask("Срок аренды год [1].", document)
    assert answer.pages == [1]
