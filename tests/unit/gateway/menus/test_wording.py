import pytest
from aiogram.types import BotCommand

from services.gateway.commands_menu import COMMANDS
from services.gateway.menus.examples import Example
from services.gateway.wording import Language
from tests.unit.gateway.menus.scenes import WORDING

MAX_TOAST = 200
MAX_COMMAND_DESCRIPTION = 256
MAX_DESCRIPTION = 512
MAX_SHORT_DESCRIPTION = 120


@pytest.mark.parametrize("language", list(Language))
def test_what_telegram_shows_beside_the_chat_is_short_enough_for_it(language: Language) -> None:
    for toast in ("choice-gone", "choice-saved", "forgotten", "menu-renewed", "only-admins"):
        assert len(WORDING.say(toast, language)) <= MAX_TOAST
    assert len(WORDING.say("bot-description", language)) <= MAX_DESCRIPTION
    assert len(WORDING.say("bot-short-description", language)) <= MAX_SHORT_DESCRIPTION
    for names in COMMANDS.values():
        for name in names:
            command = BotCommand(command=name, description=WORDING.say(f"command-{name}", language))
            assert 1 <= len(command.description) <= MAX_COMMAND_DESCRIPTION


@pytest.mark.parametrize("language", list(Language))
def test_every_command_of_the_menu_is_explained_in_the_help(language: Language) -> None:
    text = WORDING.say("help", language)
    commands = {name for names in COMMANDS.values() for name in names} - {"start", "help"}
    assert {name for name in commands if f"/{name} " not in text} == set()


@pytest.mark.parametrize("language", list(Language))
def test_every_example_has_its_button_and_its_question(language: Language) -> None:
    questions = [WORDING.say(f"example-question-{example}", language) for example in Example]
    assert len(set(questions)) == len(Example)
    assert all(WORDING.say(f"example-button-{example}", language) for example in Example)
