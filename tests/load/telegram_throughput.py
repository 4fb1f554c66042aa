"""How many bot messages per second the Telegram stand-in takes on one core.

Run: python -m tests.load.telegram_throughput [seconds]. Prints one JSON line.
"""

import asyncio
import json
import os
import resource
import sys
import time
import urllib.request
from typing import Any

import uvloop

from services.sandbox.telegram.settings import TelegramSandboxSettings
from tests.support.ports import free_port

CONNECTIONS = 16
USERS = 100
TEXT = "Ответ бота: streaming text, about the size of one paragraph of an answer. " * 6


async def main(seconds: float) -> None:
    port = free_port()
    environment = os.environ | {"SANDBOX_PORT": str(port), "SANDBOX_LIMITS_ENABLED": "false"}
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.sandbox", "telegram", env=environment
    )
    try:
        await _listening(port)
        users = await asyncio.to_thread(_add_users, port)
        deadline = time.perf_counter() + seconds
        started = time.perf_counter()
        counts = await asyncio.gather(
            *(_send(port, users[i::CONNECTIONS], deadline) for i in range(CONNECTIONS))
        )
        elapsed = time.perf_counter() - started
    finally:
        server.terminate()
        await server.wait()
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds = cpu.ru_utime + cpu.ru_stime
    figures = {
        "messages": sum(counts),
        "seconds": round(elapsed, 2),
        "messages_per_second": round(sum(counts) / elapsed),
        "server_cpu_seconds": round(cpu_seconds, 2),
        "messages_per_server_cpu_second": round(sum(counts) / cpu_seconds),
        "resident_mb": round(cpu.ru_maxrss / 1024),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


async def _listening(port: int) -> None:
    async with asyncio.timeout(15):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return


def _add_users(port: int) -> list[int]:
    users = []
    for number in range(USERS):
        user = _post(port, "users", {"first_name": f"User {number}", "language_code": "ru"})
        _post(port, "messages", {"user_id": user["id"], "text": "/start"})
        users.append(int(user["id"]))
    return users


def _post(port: int, path: str, body: dict[str, object]) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}/control/{path}"
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


async def _send(port: int, users: list[int], deadline: float) -> int:
    token = TelegramSandboxSettings().sandbox_bot_token
    requests = []
    for user in users:
        body = json.dumps({"chat_id": user, "text": TEXT}, ensure_ascii=False).encode()
        head = (
            f"POST /bot{token}/sendMessage HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < deadline:
        writer.write(requests[count % len(requests)])
        head_bytes = await reader.readuntil(b"\r\n\r\n")
        if not head_bytes.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head_bytes.decode())
        length = head_bytes.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        count += 1
    writer.close()
    return count


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0))
