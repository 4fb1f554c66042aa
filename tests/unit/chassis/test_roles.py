import pytest

from services.chassis.errors import PermissionDenied
from services.chassis.roles import AdminRole, Admins

ADMINS = Admins(frozenset({1}), frozenset({1, 2}), frozenset({2, 3}))


@pytest.mark.parametrize(
    ("user_id", "role"), [(1, AdminRole.OWNER), (2, AdminRole.OPERATOR), (3, AdminRole.ANALYST), (4, None)]
)
def test_of_several_roles_the_greatest_counts(user_id: int, role: AdminRole | None) -> None:
    assert ADMINS.role_of(user_id) is role


def test_a_greater_role_may_what_a_lesser_one_may() -> None:
    assert ADMINS.require(1, AdminRole.ANALYST) is AdminRole.OWNER
    assert ADMINS.at_least(AdminRole.OPERATOR) == [1, 2]


@pytest.mark.parametrize("user_id", [3, 4, 0])
def test_a_lesser_role_or_none_may_not(user_id: int) -> None:
    with pytest.raises(PermissionDenied) as refused:
        ADMINS.require(user_id, AdminRole.OPERATOR)

    assert refused.value.metadata == {"role": "operator"}
