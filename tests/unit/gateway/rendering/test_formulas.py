import pytest

from services.gateway.rendering import EntityType, render


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("so $x^2$ is", "so x² is"),
        (r"so \(a_i^2 + b\) is", "so aᵢ² + b is"),
        ("$E = mc^2$", "E = mc²"),
        ("$$x^2$$", "x²"),
        ("\\[\n\\frac{a}{b}\n\n= c\n\\]", "a/b\n\n= c"),
        ("степень $n$-я, для $k$го", "степень n-я, для kго"),
        (r"$\|x\|$, $||x||$ and $|x||y|$", "‖x‖, ‖x‖ and |x| |y|"),
    ],
)
def test_a_formula_is_readable(markdown: str, text: str) -> None:
    formatted = render(markdown)
    assert formatted.text == text
    assert {entity.type for entity in formatted.entities} <= {EntityType.CODE, EntityType.PRE}


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $7, or US$5 and A$7",
        "5$ и 7$ за штуку",
        "$5/$10, $10–$20",
        "(100$), (200$)",
        "echo $HOME:$PATH and $HOME/$USER",
        "costs $5",
        "кафе ($$), ресторан ($$$$)",
    ],
)
def test_a_price_stays_a_price(text: str) -> None:
    formatted = render(text)
    assert (formatted.text, formatted.entities) == (text, ())


def test_code_keeps_its_brackets_and_dollars() -> None:
    assert render(r"`\(x\)` and `$x^2$`, but \(y\)").text == r"\(x\) and $x^2$, but y"


@pytest.mark.parametrize("part", ["$", "$a ", "$5 ", "$$x", "\\(", "\\[", "\\(x\\) ", "`a` \\(x\\) ", "$x^{"])
def test_an_odd_run_of_formulas_is_shown_as_something(part: str) -> None:
    assert render(part * 2000).text
