import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import aiohttp

from tests.support.ports import free_port
from tests.support.processes import ROOT

PORTS: Final = (
    *("NATS_PORT", "SANDBOX_TELEGRAM_PORT", "SANDBOX_OPENAI_PORT", "SANDBOX_GOOGLE_PORT"),
    *("TEXT_GRPC_PORT", "TEXT_METRICS_PORT", "IMAGE_GRPC_PORT", "IMAGE_METRICS_PORT"),
    *("DOCS_GRPC_PORT", "DOCS_METRICS_PORT"),
    *("VIDEO_GRPC_PORT", "VIDEO_METRICS_PORT", "VIDEO_WORKER_GRPC_PORT", "VIDEO_WORKER_METRICS_PORT"),
    *("ADMIN_GRPC_PORT", "ADMIN_METRICS_PORT", "PANEL_PORT", "SANDBOX_RUNWAY_PORT"),
    *("GATEWAY_GRPC_PORT", "GATEWAY_METRICS_PORT"),
)


def _variables(folder: Path) -> dict[str, str]:
    ports = {name: str(free_port()) for name in PORTS}
    return {"PATH": os.environ["PATH"], "QUARTET_DATA_DIR": str(folder / "data"), **ports}


@asynccontextmanager
async def _local(variables: dict[str, str]) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.local"), stdout=PIPE, stderr=STDOUT, env=variables, cwd=ROOT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read_until(process: Process, text: str) -> str:
    """Return what it has written, up to and with the line that holds the text."""
    assert process.stdout is not None
    seen = ""
    while text not in seen:
        line = await process.stdout.readline()
        assert line, f"it ended without {text!r}:\n{seen}"
        seen += line.decode()
    return seen


async def _rest(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.read()).decode()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


async def _until_gone(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            await _ended(os.pidfd_open(pid))


async def _ended(pidfd: int) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(pidfd, ended.set)
    await ended.wait()
    loop.remove_reader(pidfd)
    os.close(pidfd)


def _browser() -> aiohttp.ClientSession:
    # An address is no name: by default cookies of one are not kept.
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def test_everything_comes_up_heals_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    variables = _variables(tmp_path)
    async with _local(variables) as process, _browser() as session:
        page = f"http://127.0.0.1:{variables['SANDBOX_TELEGRAM_PORT']}/"
        welcome = await _read_until(process, "Ctrl-C stops everything")
        assert page in welcome
        assert "@quartet_sandbox_bot" in welcome
        async with session.get(page) as response:
            assert response.status == 200
        panel = f"http://127.0.0.1:{variables['PANEL_PORT']}"
        token = welcome.partition(f"{panel}/enter#")[2].split()[0]
        headers = {"Origin": panel}
        async with session.post(f"{panel}/enter", data={"token": token}, headers=headers) as response:
            assert response.status == 200
            assert 'aria-current="page"' in await response.text()

        (text,) = [pid for pid in _children(process.pid) if "services.text" in _command(pid)]
        os.kill(text, signal.SIGKILL)
        await _read_until(process, "text was ended by SIGKILL; starting it again in 0.2 s")
        await _read_until(process, "serving")

        children = _children(process.pid)
        assert len(children) == 12
        process.send_signal(signal.SIGINT)
        assert (await _rest(process)).endswith("| stopped\n")
        assert await process.wait() == 0
        await _until_gone(children)


async def test_a_killed_supervisor_leaves_no_process_behind(tmp_path: Path) -> None:
    async with _local(_variables(tmp_path)) as process:
        await _read_until(process, "text")
        await _read_until(process, "serving")
        children = _children(process.pid)
        process.kill()
        await process.wait()
        await _until_gone(children)


async def test_a_refused_variable_ends_everything_with_the_reason(tmp_path: Path) -> None:
    async with _local({**_variables(tmp_path), "TELEGRAM_BOT_TOKEN": "not-a-token"}) as process:
        output = await _rest(process)
        assert await process.wait() == 2
    assert "Quartet has stopped: gateway refuses its settings." in output
    assert "TELEGRAM_BOT_TOKEN" in output
    assert "not-a-token" not in output


async def test_one_data_folder_is_for_one_supervisor(tmp_path: Path) -> None:
    async with _local(_variables(tmp_path)) as first:
        await _read_until(first, "Server is ready")
        async with _local(_variables(tmp_path)) as second:
            assert f"Process {first.pid} uses {tmp_path / 'data'} already" in await _rest(second)
            assert await second.wait() == 2
