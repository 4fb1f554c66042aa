from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.chassis.audit import Audit
from services.chassis.errors import ResourceNotFound
from services.chassis.roles import AdminRole, Admins
from services.gateway.access.register import Register
from services.gateway.access.standing import Mode, Standing
from services.gateway.feedback.correspondence import Correspondence
from services.gateway.feedback.letter import Letter, State
from services.gateway.feedback.mailbox import Mailbox
from services.gateway.matters import Matter, Matters
from services.gateway.quotas.measures import Limits
from services.gateway.quotas.policy import Policy
from services.gateway.quotas.quotas import Use
from services.gateway.quotas.statement import Statements

ADDRESS = "telegram"
"""Where the audit says that a deed was done."""


class Office:
    """What operators change from inside Telegram: each change stands in the audit log before it is made.

    Raises PermissionDenied for whoever has no such role, ServiceUnavailable, ResourceNotFound.
    """

    def __init__(
        self,
        register: Register,
        policy: Policy,
        statements: Statements,
        mailbox: Mailbox,
        correspondence: Correspondence,
        matters: Matters,
        audit: Audit,
        admins: Admins,
    ) -> None:
        self._register = register
        self._policy = policy
        self._statements = statements
        self._mailbox = mailbox
        self._correspondence = correspondence
        self._matters = matters
        self._audit = audit
        self._admins = admins

    def require(self, actor_id: int) -> AdminRole:
        return self._admins.require(actor_id, AdminRole.OPERATOR)

    def role_of(self, user_id: int) -> AdminRole | None:
        return self._admins.role_of(user_id)

    @property
    def plans(self) -> list[str]:
        """The names of the plans that somebody may have."""
        return self._policy.plans

    @property
    def mode(self) -> Mode:
        return self._register.mode

    async def set_mode(self, actor_id: int, mode: Mode) -> None:
        async with self.deed(actor_id, "mode.set", {name: str(on) for name, on in mode}):
            await self._register.set_mode(mode)

    async def person(self, actor_id: int, user_id: int) -> tuple[Standing, list[Use]]:
        """What is set of somebody, and what they have used."""
        self.require(actor_id)
        return self._register.of(user_id), await self._statements.of(user_id)

    async def set_standing(self, actor_id: int, user_id: int, **changes: bool | str | Limits) -> None:
        details = {"id": str(user_id), **{name: str(value) for name, value in changes.items()}}
        async with self.deed(actor_id, "person.set", details):
            await self._register.set_standing(user_id, self._register.of(user_id).model_copy(update=changes))

    async def set_limit(self, actor_id: int, user_id: int, name: str, value: int | None) -> None:
        """Give somebody a limit of their own, or that of everyone where it is None."""
        others = {kept: limit for kept, limit in self._register.of(user_id).limits.items() if kept != name}
        limits = others if value is None else {**others, name: value}
        await self.set_standing(actor_id, user_id, limits=limits)

    async def set_plan(self, actor_id: int, user_id: int, plan: str) -> None:
        """Give somebody the limits of a plan, or those of everyone where it is empty."""
        if plan and not self._policy.has_plan(plan):
            raise ResourceNotFound("there is no such plan", metadata={"resource": "plan"})
        await self.set_standing(actor_id, user_id, plan=plan)

    async def alerts(self, actor_id: int) -> list[Matter]:
        """What needs a person at present, the oldest first."""
        self._admins.require(actor_id, AdminRole.ANALYST)
        return await self._matters.now()

    async def open_letters(self, actor_id: int) -> list[tuple[str, Letter]]:
        """The letters that wait for an answer, the newest first."""
        self.require(actor_id)
        letters = (await self._mailbox.all()).items()
        return [each for each in letters if each[1].says_something and each[1].state is State.OPEN]

    async def reply(self, actor_id: int, letter_id: str, text: str) -> None:
        async with self.deed(actor_id, "letter.reply", {"letter_id": letter_id}):
            await self._correspondence.reply(letter_id, text, actor_id)

    async def close(self, actor_id: int, letter_id: str) -> None:
        async with self.deed(actor_id, "letter.close", {"letter_id": letter_id}):
            await self._correspondence.close(letter_id)

    @asynccontextmanager
    async def deed(self, actor_id: int, name: str, details: dict[str, str]) -> AsyncIterator[None]:
        """An operator does something in this block: it stands in the audit log before it begins."""
        role = self.require(actor_id)
        async with self._audit.deed(actor_id, role, name, address=ADDRESS, details=details):
            yield
