from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

END_TO_END = "tests/e2e/"
WITHOUT_STACK = ("tests/e2e/test_chat_page.py", "tests/e2e/test_chat_page_files.py")
PICTURES = "tests/e2e/test_pictures"


class SharedStackScheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """Gives a worker whole files, and one worker all that share an end-to-end stack: it is slow to start."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(PICTURES):
            return PICTURES
        return END_TO_END if file.startswith(END_TO_END) and file not in WITHOUT_STACK else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedStackScheduling:
    return SharedStackScheduling(config, log)
