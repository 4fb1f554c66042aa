import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.sandbox.telegram.dispatch import Dispatcher
from services.sandbox.telegram.methods.registry import all_methods
from services.sandbox.telegram.people import User
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.settings import TelegramSandboxSettings

USER = 77
FIELDS = (
    "text parse_mode entities reply_markup reply_parameters message_id message_ids message_thread_id "
    "draft_id rich_message action commands scope language_code menu_button reaction name url secret_token "
    "from_chat_id user_id callback_query_id link_preview_options allowed_updates offset limit icon_color"
)
KEYS = (
    "inline_keyboard keyboard force_reply text callback_data web_app copy_text type offset length user id "
    "url message_id quote blocks html markdown items cells value command description colspan"
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=5)
    | st.sampled_from([USER, "1", "bold"])
)
types = st.sampled_from(
    ["list", "table", "paragraph", "details", "thinking", "emoji", "chat", "pre", "text_link"]
)
values = st.recursive(
    scalars | types,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(all_methods())),
    st.dictionaries(st.sampled_from(FIELDS.split()), values, max_size=6),
    st.booleans(),
)
def test_any_parameters_are_answered_in_telegrams_envelope(
    method: str, parameters: dict[str, Any], as_strings: bool
) -> None:
    if as_strings:
        parameters = {name: json.dumps(value) for name, value in parameters.items()}

    async def call() -> None:
        sandbox = Sandbox(TelegramSandboxSettings(sandbox_limits_enabled=False))
        sandbox.add_user(User(USER, "Ann", started=True))
        answer = await Dispatcher(sandbox, all_methods()).call(method, {"chat_id": USER, **parameters})
        body = json.loads(answer.body)
        assert body["ok"] == (answer.status == 200)
        assert body["ok"] or body["description"]
        for chat in sandbox.chats.values():
            chat.clear_timers()

    asyncio.run(call())
