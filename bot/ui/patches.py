"""What Chainlit 2.12 does wrong for us, mended in one place. Every function says which defect and why.

Applied by `server` after Chainlit's configuration is read and before the first request.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import chainlit.config
import chainlit.server
import chainlit.session
from chainlit.chat_context import ChatContext
from chainlit.context import init_ws_context
from fastapi import Request, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute

_OUTSIDE = re.compile(r"<(?:link|meta)\b[^>]*\b(?:href|content)=\"https?://[^>]*>", re.IGNORECASE)
_FONT_BLOCK = re.compile(r"<!-- FONT START -->.*?<!-- FONT END -->", re.DOTALL)
_COMPRESSIBLE = {".js", ".css", ".svg", ".jsx", ".json", ".mjs"}
_SAFE_NAME = re.compile(r"[\w.-]+")


def strip_outside_requests() -> None:
    """Serve a page that names no other host: fonts, KaTeX styles and preview images are asked from CDNs."""
    original: Callable[[str], str] = chainlit.server.get_html_template

    def page(root_path: str) -> str:
        html = _FONT_BLOCK.sub("", original(root_path))
        return _OUTSIDE.sub("", html)

    setattr(chainlit.server, "get_html_template", page)  # noqa: B010 - mypy knows the function


def use_one_configuration() -> None:
    """Give every session the global configuration.

    With chat profiles the original runs a coroutine on the running loop, which only works under
    nest_asyncio; it fails, hides the failure and leaves a coroutine that was never awaited.
    """

    def get_config(_session: object) -> object:
        return chainlit.config.config

    setattr(chainlit.session.WebsocketSession, "get_config", get_config)  # noqa: B010 - mypy knows the method


def serve_assets_compressed(cache: Path, public: Path) -> None:
    """Serve scripts and styles compressed once and cached by the browser.

    The original compresses megabytes of JavaScript anew for every visitor, on the event loop.
    """
    cache.mkdir(parents=True, exist_ok=True)
    assets = Path(chainlit.server.build_dir) / "assets"

    async def asset(name: str, request: Request) -> Response:
        return _file(assets, name, request, cache, "public, max-age=31536000, immutable")

    async def public_file(name: str, request: Request) -> Response:
        return _file(public, name, request, cache, "no-cache")

    async def element(name: str, request: Request) -> Response:
        # The page asks for it with every card: within a conversation it is the same.
        return _file(public / "elements", name, request, cache, "private, max-age=60")

    first("/assets/{name}", asset)
    first("/public/elements/{name}", element)
    first("/public/{name}", public_file)


def stop_quietly() -> None:
    """Let the stop button cancel the task and leave the words to `on_stop`: the original says it in English."""

    async def stop(sid: str) -> None:
        session = chainlit.session.WebsocketSession.get(sid)
        if session is None:
            return
        init_ws_context(session)
        if session.current_task:
            session.current_task.cancel()
        if chainlit.config.config.code.on_stop:
            await chainlit.config.config.code.on_stop()

    chainlit.server.sio.on("stop", stop)


def keep_no_messages() -> None:
    """Keep no copies of sent messages in memory.

    The original keeps every message of every conversation with its cards, also of conversations that were closed,
    for language models that get the whole conversation; nothing here reads them, and the server would grow for ever.
    """

    def forget(_messages: object, message: object) -> object:
        return message

    setattr(ChatContext, "add", forget)  # noqa: B010 - mypy knows the method


def send_text_only() -> None:
    """Send cards without looking for bytes in them first.

    The original walks through every value of every event, to send bytes apart; nothing here sends any, and the walk
    takes as long as writing the JSON several times over.
    """
    chainlit.server.sio.packet_class.uses_binary_events = False


def serve_one_avatar() -> None:
    """Answer every avatar with our mark: the original refuses names with other than ASCII letters, aloud."""

    async def avatar() -> Response:
        icon: Response = await chainlit.server.get_favicon()
        icon.headers["Cache-Control"] = "max-age=3600"
        return icon

    first("/avatars/{name:path}", avatar)


def first(
    path: str, endpoint: Callable[..., Awaitable[Response]], methods: tuple[str, ...] = ("GET",)
) -> None:
    """Add a route before Chainlit's own: its last one catches every path."""
    chainlit.server.app.router.routes.insert(0, APIRoute(path, endpoint, methods=list(methods)))


def _file(folder: Path, name: str, request: Request, cache: Path, caching: str) -> Response:
    path = folder / name
    if not _SAFE_NAME.fullmatch(name) or not path.is_file():
        return Response(status_code=404)
    status = path.stat()
    tag = f'"{status.st_size:x}-{status.st_mtime_ns:x}"'
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    kind = "application/javascript" if path.suffix == ".jsx" else mimetypes.guess_type(name)[0]
    if path.suffix not in _COMPRESSIBLE or "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(path, headers=headers, media_type=kind)
    headers["Content-Encoding"] = "gzip"
    return FileResponse(_compressed(path, cache), headers=headers, media_type=kind)


def _compressed(path: Path, cache: Path) -> Path:
    status = path.stat()
    target = cache / f"{path.name}-{status.st_size}-{status.st_mtime_ns}.gz"
    if not target.exists():
        part = target.with_suffix(f".{id(path)}.part")
        part.write_bytes(gzip.compress(path.read_bytes(), compresslevel=5))
        part.replace(target)
    return target
