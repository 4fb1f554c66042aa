import pytest

from services.docs.readers.lookalikes import in_one_script


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Счёт Ha оплату", "Счёт На оплату"),
        ("Cумма дoговора", "Сумма договора"),
        ("Фирма Apple, PDF и XX век", "Фирма Apple, PDF и XX век"),
        ("The соntract of sale", "The contract of sale"),
        ("A contract", "A contract"),
    ],
)
def test_letters_that_look_alike_are_of_the_script_of_their_word(read: str, meant: str) -> None:
    assert in_one_script(read) == meant
