from pathlib import Path

from services.local import environment


def test_the_process_s_own_variables_win_over_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("OPENAI_API_KEY=from-file\nADMIN_IDS=1,2 # two\nEXPORTED='a $HOME b'\n")
    read = environment.read(dotenv, {"OPENAI_API_KEY": "from-process"})
    assert read == {"OPENAI_API_KEY": "from-process", "ADMIN_IDS": "1,2", "EXPORTED": "a $HOME b"}


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert environment.read(tmp_path / ".env", {"PATH": "/bin"}) == {"PATH": "/bin"}


def test_only_variables_that_match_are_picked() -> None:
    variables = {"OPENAI_API_KEY": "k", "TELEGRAM_BOT_TOKEN": "t", "AWS_SECRET": "s", "PATH": "/bin"}
    assert environment.pick(variables, environment.TEXT, environment.HOST) == {
        "OPENAI_API_KEY": "k",
        "PATH": "/bin",
    }


def test_neighbours_on_the_loopback_are_never_asked_through_a_proxy() -> None:
    with_proxy = environment.without_proxy_to_loopback({"HTTPS_PROXY": "http://p:1", "no_proxy": "corp"})
    assert with_proxy["NO_PROXY"] == with_proxy["no_proxy"] == "corp,127.0.0.1,localhost"
