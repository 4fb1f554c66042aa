from pathlib import Path
from typing import Any

import pytest

from services.chassis.settings import Environment, SettingsError, load
from services.docs.settings import DocsSettings


def settings(**fields: Any) -> DocsSettings:
    return load(DocsSettings, environment=Environment.TEST, **fields)


def test_the_defaults_are_enough_to_start() -> None:
    chosen = settings()
    assert (chosen.grpc_port, chosen.metrics_port) == (7053, 9093)
    assert chosen.docs_max_readings >= 1


@pytest.mark.parametrize("target", ["text:7051", "http://text:7051", "dns:///", ""])
def test_a_target_that_grpc_would_not_find_is_refused(target: str) -> None:
    with pytest.raises(SettingsError, match="TEXT_TARGET"):
        settings(text_target=target)


@pytest.mark.parametrize("directory", ["documents", "/"])
def test_a_directory_that_is_not_one_of_its_own_is_refused(directory: str) -> None:
    with pytest.raises(SettingsError, match="DOCS_DIRECTORY"):
        settings(docs_directory=Path(directory))


def test_pages_that_the_text_service_would_refuse_are_refused() -> None:
    with pytest.raises(SettingsError, match="DOCS_ANSWER_CHARACTERS"):
        settings(docs_answer_characters=400_001)


def test_the_operator_bounds_what_one_document_may_take() -> None:
    limits = settings(docs_reading_memory_bytes=700_000_000, docs_max_pages=10).reading_limits
    assert (limits.memory_bytes, limits.pages) == (700_000_000, 10)
