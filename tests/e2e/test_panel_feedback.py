from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from prometheus_client import CollectorRegistry

from services.chassis.jetstream import connect
from services.chassis.roles import RoleSettings
from services.chassis.server import serving
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.broadcasts.deliveries import Deliveries, open_deliveries
from services.gateway.feedback.arrival import Arrivals
from services.gateway.feedback.correspondence import Correspondence
from services.gateway.feedback.letter import Letter, Reason, State, digest_of, letter_id
from services.gateway.feedback.mailbox import Mailbox, open_mailbox
from services.gateway.feedback.servicer import FeedbackServicer
from services.gateway.wording import Language, Wording
from tests.support.nats import nats_server
from tests.support.panel import ANALYST, OPERATOR, PHONE, PanelProcess, panel_process
from tests.support.ports import free_port

pytest_plugins = ["tests.support.browser"]
pytestmark = pytest.mark.asyncio(loop_scope="module")

BOT_ID = 1000
USER = 70
LETTER = Letter(
    user_id=USER,
    chat_id=USER,
    language=Language.RU,
    written_at=1_700_000_000.0,
    thumb=-1,
    reason=Reason.SLOW,
    notes={"m1": "Ждал <b>минуту</b>"},
    command="answer",
    provider="openai",
    model="a-model",
)
NAME = letter_id(USER, "answer")


@pytest.fixture(scope="module")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(
    tmp_path_factory: pytest.TempPathFactory, nats_url: str
) -> AsyncIterator[tuple[PanelProcess, Mailbox, Deliveries]]:
    """The panel, and what the gateway serves to it; nobody speaks, so an order stays where it is."""
    settings = RoleSettings(
        admin_ids=frozenset(),
        operator_ids=frozenset({OPERATOR}),
        analyst_ids=frozenset({ANALYST}),
        grpc_port=free_port(),
        metrics_port=free_port(),
    )
    async with connect(nats_url, name="test") as nats:
        mailbox = await open_mailbox(nats, bot_id=BOT_ID, replicas=1)
        directory = await open_directory(nats, replicas=1)
        deliveries = await open_deliveries(nats, directory, bot_id=BOT_ID, replicas=1)
        correspondence = Correspondence(mailbox, deliveries, Wording.load())
        served = [
            FeedbackServicer(
                mailbox, correspondence, Arrivals(deliveries.ledger), settings.admins
            ).registration()
        ]
        target = f"dns:///127.0.0.1:{settings.grpc_port}"
        async with (
            serving(settings, served, checks={}, registry=CollectorRegistry()),
            panel_process(nats_url, tmp_path_factory.mktemp("panel"), GATEWAY_TARGET=target) as panel,
        ):
            yield panel, mailbox, deliveries


async def test_an_operator_reads_a_letter_and_answers_it(
    office: tuple[PanelProcess, Mailbox, Deliveries], browser: Browser
) -> None:
    panel, mailbox, deliveries = office
    await mailbox.change(NAME, lambda _known: LETTER)
    async with panel.visit(browser, OPERATOR, "/feedback", size=PHONE) as page:
        letter = page.locator(f'[data-letter="{NAME}"]')
        await expect(letter).to_contain_text("Ждал <b>минуту</b>")
        await expect(letter).to_contain_text("answer · openai · a-model")
        await expect(letter).to_contain_text("долго ждать")
        await expect(letter.get_by_role("link", name=str(USER))).to_have_attribute("href", f"/people/{USER}")
        await letter.locator("textarea").fill("Стало *быстрее*")
        await letter.get_by_role("button", name="Ответить").click()
        await page.locator("dialog button.danger").click()
        await expect(page.locator("main")).to_contain_text("Ответ отправляется")
        await expect(letter).to_have_count(0)
        await page.get_by_role("link", name="С ответом").click()
        await expect(letter).to_contain_text("Стало *быстрее*")
        await expect(letter).to_contain_text("отправляется")
    order = await deliveries.ledger.order(f"reply-{digest_of(NAME)}-{digest_of('Стало *быстрее*')}")
    assert (order.audience.chat_id, order.is_plain) == (USER, True)


async def test_a_letter_is_closed_and_analysts_see_none(
    office: tuple[PanelProcess, Mailbox, Deliveries], browser: Browser
) -> None:
    panel, mailbox, _deliveries = office
    await mailbox.change(NAME, lambda _known: LETTER)
    async with panel.visit(browser, OPERATOR, "/feedback") as page:
        await page.get_by_role("button", name="Закрыть без ответа").click()
        await expect(page.locator("main")).to_contain_text("Здесь пусто")
    kept = await mailbox.find(NAME)
    assert kept is not None
    assert kept.state is State.CLOSED
    async with panel.visit(browser, ANALYST, "/") as page:
        assert await page.locator('nav a[href="/feedback"]').count() == 0
        response = await page.goto(panel.url + "/feedback")
        assert response is not None
        assert response.status == 403
