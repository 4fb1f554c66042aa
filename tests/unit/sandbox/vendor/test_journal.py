from services.sandbox.vendor import journal
from services.sandbox.vendor.journal import Journal


def test_the_pictures_of_old_calls_make_room_for_those_of_new_ones() -> None:
    kept = Journal()
    large = bytes(journal.KEPT_BYTES // 2)
    calls = [kept.open("/", "model", "text", 0.0) for _ in range(3)]
    for call in calls:
        kept.keep_sent(call, [large])
    assert [kept.sent_picture(call.n, 0) is not None for call in calls] == [False, True, True]
    kept.clear()
    assert kept.sent_picture(calls[2].n, 0) is None


def test_there_is_no_picture_where_none_came() -> None:
    kept = Journal()
    call = kept.open("/", "model", "text", 0.0)
    kept.keep_sent(call, [])
    assert kept.sent_picture(call.n, 0) is kept.sent_picture(call.n, -1) is None
