"""The chat under load, over its real websocket: 100 open conversations that ask 5 questions a second in all.

`python -m evals.bench chat [--minutes 1] [--conversations 100] [--rate 5]`. The server is a process of its own on the
demo, with an app database of its own. Timed from sending a question to the card with the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import socketio

from evals.bench._chat_server import ChatServer
from evals.bench._questions import questions

BUDGET_SECONDS = 1.0  # p95
MOST_GROWTH = (
    1.25  # of the memory between a third of the way and the end: flat, give or take a cache that fills
)
PATIENCE = 30.0
LONGEST = 150.0  # the server itself says after two minutes that it took too long
PAGE_SECONDS = 45  # a page that hears nothing for as long takes the connection for lost


@dataclass
class Load:
    """What was measured: seconds per answer, what went wrong, megabytes over time."""

    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)  # seconds of a request that does nothing
    cpu: float = 0.0  # seconds of processor time per answer


class Reader:
    """One open conversation: a websocket like the page's."""

    def __init__(self) -> None:
        self._client = socketio.AsyncClient(reconnection=False, request_timeout=PATIENCE)
        self._card: asyncio.Future[dict[str, Any]] | None = None
        self._client.on("element", self._came)

    async def open(self, url: str, cookie: str) -> None:
        """Connect and start a conversation."""
        sent = {
            "sessionId": str(uuid4()),
            "clientType": "webapp",
            "userEnv": "{}",
            "chatProfile": "boss",
            "threadId": "",
        }
        await self._client.connect(
            url,
            auth=sent,
            headers={"Cookie": cookie},
            socketio_path="/ws/socket.io",
            transports=["websocket"],
            wait_timeout=PATIENCE,
        )
        self._client.eio.ping_timeout = PAGE_SECONDS - 5  # by itself it gives up sooner than a page does
        await self._client.emit("connection_successful")

    async def ask(self, question: str) -> dict[str, Any]:
        """Return the card that answers a question."""
        self._card = asyncio.get_running_loop().create_future()
        message = {
            "id": str(uuid4()),
            "threadId": "",
            "name": "local",
            "type": "user_message",
            "output": question,
            "createdAt": datetime.now(UTC).isoformat(),
        }
        await self._client.emit("client_message", {"message": message, "fileReferences": []})
        return await asyncio.wait_for(self._card, LONGEST)

    async def close(self) -> None:
        """Leave."""
        await self._client.disconnect()

    async def _came(self, element: dict[str, Any]) -> None:
        if self._card is not None and not self._card.done() and element.get("name") == "AnswerCard":
            self._card.set_result(element.get("props") or {})


def run(argv: list[str]) -> int:
    """Print p50, p95, errors and memory; 0 within the budget, without an error and with flat memory."""
    parser = argparse.ArgumentParser(prog="bench chat", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--conversations", type=int, default=100)
    parser.add_argument("--rate", type=float, default=5.0, help="questions a second, in all")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-chat-") as folder:
        server = ChatServer(Path(folder))
        print(f"the server answers {server.start_seconds:.1f} s after its start")
        try:
            load = asyncio.run(_load(server, asked.conversations, asked.rate, asked.minutes * 60))
        finally:
            stopped = server.stop()
        if stopped is None:
            load.problems.append("the server did not stop")
        # What nobody sees in a window is a problem as well: a lock, a pool that ran dry, a task that broke.
        load.problems += [f"the server says: {line}" for line in server.said().splitlines() if line.strip()]
    return _told(load)


async def _load(server: ChatServer, conversations: int, rate: float, seconds: float) -> Load:
    url = server.url
    async with aiohttp.ClientSession() as browser, browser.post(f"{url}/auth/header") as signed_in:
        cookie = "; ".join(f"{name}={value.value}" for name, value in signed_in.cookies.items())
    readers = [Reader() for _ in range(conversations)]
    for reader in readers:
        await reader.open(url, cookie)
    load, known, draw = Load(), list(questions()), random.Random(1)
    for question in known[:20]:  # what a server that has run for a minute has loaded
        await readers[0].ask(question)
    free, pending = list(readers), set[asyncio.Task[None]]()
    watching = asyncio.create_task(_watch_loop(url, load))
    began, begin = server.cpu_seconds(), time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        if not free:
            load.problems.append("every conversation waits for an answer")
            continue
        reader = free.pop(draw.randrange(len(free)))
        task = asyncio.create_task(_one(reader, draw.choice(known), load, free))
        pending.add(task)
        task.add_done_callback(pending.discard)
        load.memory.append(server.megabytes())
    await asyncio.gather(*pending)
    load.cpu = (server.cpu_seconds() - began) / max(1, len(load.seconds))
    watching.cancel()
    for reader in readers:
        await reader.close()
    return load


async def _one(reader: Reader, question: str, load: Load, free: list[Reader]) -> None:
    began = time.perf_counter()
    try:
        card = await reader.ask(question)
    except TimeoutError:
        load.problems.append(f"no answer at all: {question}")
        return
    except socketio.exceptions.SocketIOError:  # like a page that shows "reconnecting"
        load.problems.append("a connection was lost")
        return
    free.append(reader)
    load.seconds.append(time.perf_counter() - began)
    if load.seconds[-1] > PATIENCE:
        load.problems.append(f"no answer in {PATIENCE:g} s: {question}")
    if card.get("outcome") == "error":
        load.problems.append(f"error: {question}: {card.get('headline') or card.get('error')}")


async def _watch_loop(url: str, load: Load) -> None:
    """Measure again and again how long the server's event loop takes for a request that asks nothing of it."""
    async with aiohttp.ClientSession() as session:
        while True:
            began = time.perf_counter()
            async with session.get(f"{url}/api/health") as answer:
                await answer.read()
            load.lags.append(time.perf_counter() - began)
            await asyncio.sleep(0.5)


def _told(load: Load) -> int:
    taken, memory = sorted(load.seconds), load.memory
    p95 = taken[int(len(taken) * 0.95)] if taken else float("inf")
    early, late = memory[len(memory) // 3], memory[-1]
    flat = late <= early * MOST_GROWTH
    within = p95 <= BUDGET_SECONDS and not load.problems and flat
    if taken:
        print(
            f"{len(taken)} answers  p50 {statistics.median(taken):.3f} s  p95 {p95:.3f} s  slowest {taken[-1]:.3f} s"
        )
    lags = sorted(load.lags)
    if lags:
        middle, late_lag = lags[len(lags) // 2], lags[int(len(lags) * 0.95)]
        print(f"event loop: a request for nothing p50 {middle:.3f} s  p95 {late_lag:.3f} s")
    print(f"processor time per answer {load.cpu * 1000:.0f} ms")
    print(f"memory {early:.0f} MB after a third, {late:.0f} MB at the end: {'flat' if flat else 'GROWS'}")
    print(f"problems: {len(load.problems)}", *dict.fromkeys(load.problems[:100]), sep="\n  ")
    print(f"budget p95 {BUDGET_SECONDS:g} s, no error: {'met' if within else 'MISSED'}")
    return 0 if within else 1
