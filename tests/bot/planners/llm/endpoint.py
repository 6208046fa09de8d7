"""A scripted OpenAI-compatible server on loopback: real HTTP, streaming and not; the model's name chooses the scenario.

A scenario is a list of replies, one per request (the last one repeats). A reply is a dict of the assistant's message,
or a `Wire` that says what goes over the wire instead.
"""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Wire:
    """Anything but a well-formed reply."""

    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    wait: float = 0.0  # seconds before the first byte
    drip: float = 0.0  # seconds between bytes of the body, for ever
    cut: bool = False  # close the connection in the middle of the message, or before any
    events: bool = False  # drip as a stream of comments that never says anything
    message: dict | None = None


def calls(*named, finish=None, **more):
    """An assistant message with tool calls; arguments given as text go out as they are."""
    listed = [
        {
            "id": f"call_{at}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": written if isinstance(written, str) else json.dumps(written, ensure_ascii=False),
            },
        }
        for at, (name, written) in enumerate(named)
    ]
    said = {"role": "assistant", "content": None, "tool_calls": listed, **more}
    return said if finish is None else {**said, "_finish": finish}


def propose(*plans, readings=()):
    said = [{"words": words, "means": means} for words, means in readings]
    return calls(("propose_plan", {"plans": list(plans), "readings": said}))


def text(content, **more):
    return {"role": "assistant", "content": content, **more}


class Endpoint:
    """The server's address, its scripts, and every request it got."""

    def __init__(self):
        self.scripts = {}
        self.requests = []
        self.spans = []
        self.refusals = {}  # model -> function(request) that returns an error text or None
        self.usage = True
        self._lock = threading.Lock()
        self._used = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_POST(self):
                size = int(self.headers["content-length"])
                if self.path.endswith("/traces"):  # an OpenTelemetry collector, as far as we need one
                    body = self.rfile.read(size)
                    packed = self.headers.get("content-encoding") == "gzip"
                    outer.spans.append(gzip.decompress(body) if packed else body)
                    return _send(self, 200, b"")
                request = json.loads(self.rfile.read(size))
                request["_authorization"] = self.headers.get("authorization")
                try:
                    outer.answer(self, request)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def script(self, model, *replies):
        self.scripts[model] = list(replies)
        self._used[model] = 0
        return model

    def sent(self, model):
        """The requests of one scenario."""
        return [request for request in self.requests if request["model"] == model]

    def answer(self, handler, request):
        with self._lock:
            self.requests.append(request)
            model = request["model"]
            at = self._used[model]
            self._used[model] = at + 1
        refused = self.refusals.get(model, lambda _: None)(request)
        if refused:
            return _send(
                handler,
                400,
                json.dumps({"error": {"message": refused, "type": "invalid_request_error"}}).encode(),
            )
        replies = self.scripts[model]
        reply = replies[min(at, len(replies) - 1)]
        if isinstance(reply, Wire) and reply.message is None:
            return _wire(handler, reply)
        finish = None
        if not isinstance(reply, Wire):
            finish = reply.get("_finish")
            reply = {key: value for key, value in reply.items() if key != "_finish"}
        cut = isinstance(reply, Wire) and reply.cut
        message = reply.message if isinstance(reply, Wire) else reply
        if request.get("stream"):
            return self._stream(handler, request, message, cut)
        body = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "finish_reason": finish or ("tool_calls" if message.get("tool_calls") else "stop"),
                }
            ],
        }
        if self.usage:
            body["usage"] = _usage(request, message)
        whole = json.dumps(body, ensure_ascii=False).encode()
        return _send(handler, 200, whole, cut_at=len(whole) // 2 if cut else None)

    def _stream(self, handler, request, message, cut):
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("connection", "close")
        handler.end_headers()
        handler.close_connection = True
        chunks = list(_chunks(message))
        if cut:
            chunks = chunks[: len(chunks) // 2]
        for delta in chunks:
            _event(handler, request, [{"index": 0, "delta": delta, "finish_reason": None}])
        if cut:
            return
        _event(handler, request, [{"index": 0, "delta": {}, "finish_reason": "stop"}])
        if self.usage and request.get("stream_options", {}).get("include_usage"):
            _event(handler, request, [], usage=_usage(request, message))
        handler.wfile.write(b"data: [DONE]\n\n")


def _usage(request, message):
    asked = len(json.dumps([request["messages"], request.get("tools", [])], ensure_ascii=False))
    told = len(json.dumps(message, ensure_ascii=False))
    return {"prompt_tokens": asked // 3, "completion_tokens": told // 3, "total_tokens": (asked + told) // 3}


def _chunks(message) -> Iterator[dict]:
    yield {"role": "assistant", "content": message.get("content") or ""}
    for key in ("reasoning_content",):
        if message.get(key):
            yield {key: message[key]}
    for at, call in enumerate(message.get("tool_calls") or []):
        yield {
            "tool_calls": [
                {
                    "index": at,
                    "id": call["id"],
                    "type": "function",
                    "function": {"name": call["function"]["name"], "arguments": ""},
                }
            ]
        }
        written = call["function"]["arguments"]
        for start in range(0, len(written), 20):
            yield {"tool_calls": [{"index": at, "function": {"arguments": written[start : start + 20]}}]}


def _event(handler, request, choices, **more):
    body = {
        "id": "x",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": request["model"],
        "choices": choices,
        **more,
    }
    handler.wfile.write(b"data: " + json.dumps(body).encode() + b"\n\n")
    handler.wfile.flush()


def _wire(handler, wire):
    time.sleep(wire.wait)
    if wire.cut:
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
        return None
    if wire.drip and wire.events:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("connection", "close")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b": still here\n\n")
            handler.wfile.flush()
            time.sleep(wire.drip)
        return None
    if wire.drip:
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", "100000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(wire.drip)
        return None
    return _send(handler, wire.status, wire.body, wire.headers)


def _send(handler, status, body, headers=None, cut_at=None):
    handler.send_response(status)
    for name, value in {"content-type": "application/json", **(headers or {})}.items():
        handler.send_header(name, value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:cut_at] if cut_at else body)
    handler.wfile.flush()
    if cut_at:
        handler.close_connection = True


@contextmanager
def serving():
    endpoint = Endpoint()
    thread = threading.Thread(
        target=endpoint.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.server.shutdown()
        endpoint.server.server_close()
