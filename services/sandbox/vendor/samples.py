import re
from typing import Final, NamedTuple

CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)


def is_russian(text: str) -> bool:
    return bool(CYRILLIC.search(text))


class Language(NamedTuple):
    """What the sandbox says in one language."""

    mark: str
    echo: str
    hint: str
    material: str
    images: str
    earlier_images: str
    before: str
    nothing_before: str
    table: str
    code: str
    formatting: str
    prose: tuple[str, ...]


RUSSIAN: Final = Language(
    mark="🧪 Песочница:",
    echo="здесь отвечает не модель, а её замена для проверки. Вы написали:\n\n{quote}",
    hint=(
        "Попробуйте слова **таблица**, **код**, **формат**, **длинный 800** "
        "или спросите, *что я спросил раньше*."
    ),
    material="Вместе с вопросом пришёл текст: {characters} знаков.",
    images="Вместе с вопросом пришли картинки: {count}.",
    earlier_images="Картинок из прежних сообщений: {count}.",
    before="до этого вопросов было: {count}. Последний из них:\n\n{quote}",
    nothing_before="это первый вопрос в разговоре, до него ничего не было.",
    table=(
        "вот таблица.\n\n| Планета | Радиус, км | Спутники |\n|---|---:|---:|\n| Земля | 6 371 | 1 |\n"
        "| Марс | 3 390 | 2 |\n| Юпитер | 69 911 | 97 |\n\nЧисла округлены."
    ),
    code=(
        "вот пример на Python.\n\n```python\ndef приветствие(имя: str) -> str:\n"
        '    """Вернуть строку с приветствием."""\n    return f"Привет, {имя}!"\n\n\n'
        'print(приветствие("мир"))\n```\n\nЗапустите его командой `python3 hello.py`.'
    ),
    formatting=(
        "вот что бывает в ответах.\n\n## Заголовок\n\n**Жирный**, *курсив*, ~~зачёркнутый~~, `моноширинный` "
        "и [ссылка](https://example.org/?a=1&b=2).\n\n- первый пункт\n- второй пункт\n  - вложенный\n\n"
        "1. раз\n2. два\n\n> Цитата из двух\n> строк.\n\nЗнаки, которые легко испортить: 2 * 3 * 4, "
        "snake_case, <b>не тег</b>, a < b && c > d."
    ),
    prose=(
        "Длинный ответ нужен, чтобы увидеть, как текст появляется по частям и где он делится на сообщения.",
        "Ни одно слово не должно потеряться, даже если ответ прервётся и начнётся снова.",
        "Абзацы идут один за другим, а порядок сообщений остаётся прежним.",
    ),
)
ENGLISH: Final = Language(
    mark="🧪 Sandbox:",
    echo="this is not a model but a stand-in to try things with. You wrote:\n\n{quote}",
    hint="Try the words **table**, **code**, **formatting**, **long 800**, or ask *what did I ask before*.",
    material="A text came along with the question: {characters} characters.",
    images="Pictures came along with the question: {count}.",
    earlier_images="Pictures of earlier messages: {count}.",
    before="questions before this one: {count}. The last of them:\n\n{quote}",
    nothing_before="this is the first question of the conversation, there was nothing before.",
    table=(
        "here is a table.\n\n| Planet | Radius, km | Moons |\n|---|---:|---:|\n| Earth | 6,371 | 1 |\n"
        "| Mars | 3,390 | 2 |\n| Jupiter | 69,911 | 97 |\n\nThe numbers are rounded."
    ),
    code=(
        "here is an example in Python.\n\n```python\ndef greeting(name: str) -> str:\n"
        '    """Return a line that greets."""\n    return f"Hello, {name}!"\n\n\n'
        'print(greeting("world"))\n```\n\nRun it with `python3 hello.py`.'
    ),
    formatting=(
        "this is what answers are made of.\n\n## A heading\n\n**Bold**, *italic*, ~~struck~~, `monospace` "
        "and a [link](https://example.org/?a=1&b=2).\n\n- the first point\n- the second point\n"
        "  - a nested one\n\n"
        "1. one\n2. two\n\n> A quotation of two\n> lines.\n\nCharacters that are easy to break: 2 * 3 * 4, "
        "snake_case, <b>not a tag</b>, a < b && c > d."
    ),
    prose=(
        "A long answer is there to see how a text appears bit by bit and where it is split into messages.",
        "Not a word may be lost, even if the answer is cut off and begins again.",
        "Paragraph follows paragraph, and the order of the messages stays as it was.",
    ),
)
