import pytest
from quartet.common.v1.caller_pb2 import Caller

from services.chassis import errors
from tests.support.image_service import ImageCaller


async def test_a_users_pictures_are_listed_and_forgotten_wherever_they_were_ordered(
    image: ImageCaller, picture_id: str
) -> None:
    mine = Caller(user_id=701, chat_id=701)
    in_a_group, others = Caller(user_id=701, chat_id=-5), Caller(user_id=702, chat_id=-5)
    for number, caller in enumerate((mine, in_a_group, others)):
        await image.draw(f"{picture_id}.{number}", f"picture {number}", caller=caller)

    assert [each.prompt for each in await image.listed(mine)] == ["picture 0", "picture 1"]
    assert await image.forget_all(mine) == 2
    assert await image.forget_all(mine) == 0
    assert await image.listed(mine) == []
    with pytest.raises(errors.ResourceNotFound):
        await image.fetch(f"{picture_id}.0", caller=mine)
    assert (await image.fetch(f"{picture_id}.2", caller=others)).content
