from dataclasses import dataclass
from functools import reduce

from hypothesis import strategies as st

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇰🇿"
ACCENTED = "é̂"

_LETTERS = "abcxyzабвэюяשלוםسلامñ" + "漢字"
_word = st.text(_LETTERS, min_size=1, max_size=9)
_special = st.sampled_from([FAMILY, FLAG, "👍🏽", f"caf{ACCENTED}", "नमस्ते", "5 < 7", "don't", "v1.2.3", "$5"])
_words = st.lists(st.one_of(_word, _word, _special), min_size=1, max_size=8).map(" ".join)
_long_word = st.builds(str.__mul__, st.sampled_from(["Ё", FAMILY, FLAG, ACCENTED]), st.integers(10, 300))


@dataclass(frozen=True)
class Document:
    """A Markdown source and the words that a reader must see of it, in order."""

    source: str
    words: tuple[str, ...]
    words_in_plain: tuple[str, ...] | None = None
    """Where plain text shows them in another order: a wide table row by row, each cell after its head."""

    @property
    def plain_words(self) -> tuple[str, ...]:
        return self.words if self.words_in_plain is None else self.words_in_plain


def _document(source: str, visible: str) -> Document:
    return Document(source, tuple(visible.split()))


def _marked(before: str, after: str) -> st.SearchStrategy[Document]:
    return _words.map(lambda words: _document(f"{before}{words}{after}", words))


def _joined(gap: str) -> st.SearchStrategy[Document]:
    def join(documents: list[Document]) -> Document:
        return Document(
            gap.join(document.source for document in documents),
            reduce(lambda words, document: words + document.words, documents, ()),
        )

    return st.lists(_inline, min_size=1, max_size=6).map(join)


_inline = st.one_of(
    _marked("", ""),
    _marked("**", "**"),
    _marked("*", "*"),
    _marked("~~", "~~"),
    _marked("`", "`"),
    _marked("[", "](https://example.com/page)"),
    _marked("**bold _", "_ end**").map(lambda d: Document(d.source, ("bold", *d.words, "end"))),
    _marked("**all `", "` bold**").map(lambda d: Document(d.source, ("all", *d.words, "bold"))),
    _long_word.map(lambda word: _document(word, word)),
    _word.map(lambda word: _document(f"vector<{word}>", "vector<")),
)
_line = _joined(" ")


def _prefixed(prefix: str) -> st.SearchStrategy[Document]:
    def prefix_lines(lines: list[Document]) -> Document:
        return Document(
            "\n".join(prefix + line.source for line in lines),
            tuple(word for line in lines for word in line.words),
        )

    return st.lists(_line, min_size=1, max_size=5).map(prefix_lines)


_code = st.tuples(
    st.sampled_from(["", "python", "go", "c++"]),
    st.lists(
        st.one_of(_words.map(lambda words: f"    {words}"), _words, st.just("")), min_size=1, max_size=12
    ),
).map(lambda code: _document(f"```{code[0]}\n" + "\n".join(code[1]) + "\n```", "\n".join(code[1])))


def _rows(rows: list[tuple[str, str]]) -> str:
    head, *others = [f"| {left} | {right} |" for left, right in rows]
    return "\n".join((head, "|---|:-:|", *others))


def _narrow_table(rows: list[tuple[str, str]]) -> Document:
    return _document(_rows(rows), " ".join(map(" ".join, rows)))


def _wide_table(rows: list[tuple[str, str]]) -> Document:
    (left_head, right_head), *others = rows[0], *rows[1:]
    right_head = f"{right_head} {'wide' * 10}"
    source = _rows([(left_head, right_head), *others])
    in_plain = " ".join(f"{left_head} {left} {right_head} {right}" for left, right in others)
    words = " ".join((left_head, right_head, *map(" ".join, others)))
    return Document(source, tuple(words.split()), tuple(in_plain.split()))


_short = st.text(_LETTERS, min_size=1, max_size=5)
_or = _words.map(lambda words: _document(f"x || {words} || y", f"x || {words} || y"))


_block = st.one_of(
    _line,
    _line,
    _prefixed("- "),
    _prefixed("7. "),
    _prefixed("> "),
    _line.map(lambda line: Document(f"## {line.source}", line.words)),
    _code,
    _or,
    st.lists(st.tuples(_short, _short), min_size=2, max_size=8).map(_narrow_table),
    st.lists(st.tuples(_word, _words), min_size=2, max_size=6).map(_wide_table),
)

documents = st.lists(_block, min_size=1, max_size=6).map(
    lambda blocks: Document(
        "\n\n".join(block.source for block in blocks),
        tuple(word for block in blocks for word in block.words),
        tuple(word for block in blocks for word in block.plain_words),
    )
)
