import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CopyTextButton,
    InputRichBlockBlockQuotation,
    InputRichBlockButtons,
    InputRichBlockDetails,
    InputRichBlockDivider,
    InputRichBlockExpandableBlockQuotation,
    InputRichBlockFooter,
    InputRichBlockList,
    InputRichBlockListItem,
    InputRichBlockMathematicalExpression,
    InputRichBlockParagraph,
    InputRichBlockPreformatted,
    InputRichBlockPullQuotation,
    InputRichBlockSectionHeading,
    InputRichBlockTable,
    InputRichBlockUnion,
    InputRichMessage,
    RichBlockTableCell,
    RichMessageButton,
    RichTextBold,
    RichTextButton,
    RichTextCode,
    RichTextMathematicalExpression,
    RichTextUrl,
)

from tests.support.telegram import SandboxTelegram

HEADER = RichBlockTableCell(text="Year", align="left", valign="top", is_header=True)
CELL = RichBlockTableCell(text=RichTextBold(text="2026"), align="right", valign="top", colspan=2)
WORDS = InputRichBlockParagraph(
    text=[
        "see ",
        RichTextUrl(text="here", url="https://example.com/"),
        RichTextCode(text="x = 1"),
        RichTextMathematicalExpression(expression="x^2"),
    ]
)
BLOCKS: list[InputRichBlockUnion] = [
    InputRichBlockSectionHeading(text="Heading", size=2),
    WORDS,
    InputRichBlockPreformatted(text="print()", language="python"),
    InputRichBlockMathematicalExpression(expression="E = mc^2"),
    InputRichBlockList(items=[InputRichBlockListItem(blocks=[WORDS], value=3)]),
    InputRichBlockTable(cells=[[HEADER], [CELL]], caption="Years", is_striped=True),
    InputRichBlockDetails(summary="More", blocks=[WORDS]),
    InputRichBlockBlockQuotation(blocks=[WORDS], credit="Ann"),
    InputRichBlockExpandableBlockQuotation(text="long"),
    InputRichBlockPullQuotation(text="short"),
    InputRichBlockDivider(),
    InputRichBlockFooter(text="the end"),
    InputRichBlockButtons(
        buttons=[
            RichMessageButton(text=RichTextBold(text="Go"), callback_data="go", style="success"),
            RichMessageButton(text="Copy", copy_text=CopyTextButton(text="42")),
        ]
    ),
]


async def test_every_block_comes_back_as_it_was_sent(bot: Bot, user: int) -> None:
    sent = await bot.send_rich_message(user, InputRichMessage(blocks=BLOCKS))
    assert sent.rich_message
    came = [block.model_dump(exclude_none=True) for block in sent.rich_message.blocks]
    given = [block.model_dump(exclude_none=True) for block in BLOCKS]
    given[4]["items"][0]["label"] = "3."
    assert came == given


async def test_buttons_are_pressed_wherever_in_a_rich_message_they_stand(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    within = RichTextButton(button=RichMessageButton(text="here", callback_data="within"))
    folded = InputRichBlockDetails(summary="More", blocks=[InputRichBlockParagraph(text=["press ", within])])
    sent = await bot.send_rich_message(user, InputRichMessage(blocks=[folded, BLOCKS[-1]]))
    for data in ("within", "go"):
        await telegram.press(user, sent.message_id, data)
        pressed = (await bot.get_updates())[-1].callback_query
        assert pressed
        assert pressed.data == data


@pytest.mark.parametrize(
    ("buttons", "refusal"),
    [
        ([RichMessageButton(text="x", callback_data="y" * 65)], "BUTTON_DATA_INVALID"),
        ([RichMessageButton(text="x", callback_data="y", style="pink")], "invalid button style"),
        ([RichMessageButton(text="x", callback_data="y")] * 9, "from 1 to 8 buttons"),
    ],
)
async def test_impossible_buttons_are_refused(
    bot: Bot, user: int, buttons: list[RichMessageButton], refusal: str
) -> None:
    message = InputRichMessage(blocks=[InputRichBlockButtons(buttons=buttons)])
    with pytest.raises(TelegramBadRequest, match=refusal):
        await bot.send_rich_message(user, message)
