from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Task(StrEnum):
    """What an answer is made of."""

    CONVERSE = "converse"
    ANSWER_FROM_PAGES = "answer_from_pages"
    SUMMARISE_PAGES = "summarise_pages"


MARKS: Final = """\
Each material's title begins with the mark of its page: [12] is page 12, [2:12] is page 12 of the second \
document. Behind every statement that rests on a page put that page's mark exactly as the title has it, and \
one mark for each page it rests on: [3][7]. Never write a mark that no title has, and name pages in no other \
way."""

TASK_PROMPTS: Final[Mapping[Task, str]] = MappingProxyType(
    {
        Task.CONVERSE: "",
        Task.ANSWER_FROM_PAGES: f"""\
The user asks about documents of theirs. The materials are the pages that seem to matter, not always all \
of them. Answer from them alone. {MARKS} Quote sparingly and word for word. If the pages do not answer the \
question, say so plainly and tell what they do say about it; if you add anything that you know from \
elsewhere, say that it does not stand in the document.""",
        Task.SUMMARISE_PAGES: f"""\
The user sent a document and wants to know what it says. The materials are its pages, or notes of them. \
Begin with one sentence on what kind of document it is and what it is about. Then tell what it says in a few \
short paragraphs or a list, the most important first: decisions, sums, dates, duties, results, conclusions, \
and what the reader should watch out for. {MARKS}""",
    }
)
