from services.gateway.people import MAX_OPEN, Preferences
from services.gateway.people.open_documents import OPEN_SECONDS

NOW = 1_700_000_000.0
OPENED = Preferences().with_documents(7, ["a", "b"], NOW)


def test_what_is_said_in_a_thread_is_about_the_documents_opened_there_for_a_week() -> None:
    assert OPENED.documents_in(7, NOW + OPEN_SECONDS) == ("a", "b")
    assert OPENED.documents_in(8, NOW) == ()
    assert OPENED.documents_in(7, NOW + OPEN_SECONDS + 1) == ()


def test_open_documents_survive_being_stored() -> None:
    stored = OPENED.model_dump_json(exclude_defaults=True)
    assert Preferences.model_validate_json(stored) == OPENED


def test_others_take_their_place_and_none_leaves_them() -> None:
    assert OPENED.with_documents(7, ["c"], NOW).documents_in(7, NOW) == ("c",)
    assert OPENED.with_documents(7, [], NOW) == Preferences()


def test_a_document_that_is_deleted_is_open_nowhere() -> None:
    both = OPENED.with_documents(8, ["a"], NOW)
    assert both.without_document("a").open_documents == OPENED.without_document("a").open_documents
    assert both.without_document("a").documents_in(7, NOW) == ("b",)


def test_only_so_many_are_open_at_once_and_in_so_many_threads() -> None:
    many = Preferences().with_documents(0, [str(number) for number in range(50)], NOW)
    assert len(many.documents_in(0, NOW)) == MAX_OPEN
    for thread_id in range(1, 100):
        many = many.with_documents(thread_id, ["a"], NOW + thread_id)
    assert len(many.open_documents) == 20
    assert many.documents_in(99, NOW + 99) == ("a",)
