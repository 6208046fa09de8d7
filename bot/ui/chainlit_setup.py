"""Chainlit imported and mended: its folder, secret and configuration in their places before it reads them."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.listening import ServeError
from bot.ui.app_folder import NO_SUCH_ENV_FILE, make_app_folder
from bot.ui.telemetry import leave_out_telemetry
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.login import Login
    from bot.settings import Settings
    from bot.ui.app import Handlers


def app_folder(home: Path, login: Login) -> Path:
    """Return Chainlit's folder of this process, made below `home`.

    Raises:
        ServeError: it cannot be written.
    """
    try:
        return make_app_folder(home / "run", session_hours=login.hours)
    except OSError as error:
        raise ServeError(
            Text(zh=f"无法写入 {home}:{error.strerror}。", en=f"Cannot write to {home}: {error.strerror}."),
            Text(
                zh="设置 ASKGROWTH_STATE_DIR 为可写、有空间的文件夹。",
                en="Set ASKGROWTH_STATE_DIR to a writable folder with room.",
            ),
        ) from error


def import_chainlit(folder: Path, settings: Settings, home: Path) -> None:
    """Import Chainlit with its folder, secret and files in their places; it reads them while it is imported."""
    os.environ["CHAINLIT_APP_ROOT"] = str(folder)
    os.environ["CHAINLIT_ENV_FILE"] = str(
        folder / NO_SUCH_ENV_FILE
    )  # it would load .env of the working directory
    leave_out_telemetry()
    logging.getLogger("chainlit").setLevel(logging.ERROR)
    import chainlit.config

    from bot.ui.access import signing_secret

    os.environ["CHAINLIT_AUTH_SECRET"] = settings.chainlit_auth_secret or signing_secret(home)
    chainlit.config.config.run.headless = True


def mend_chainlit(home: Path, folder: Path) -> None:
    """Mend what Chainlit does wrong for us; after its configuration is read, before the first request."""
    import chainlit.server

    from bot.ui import patches
    from bot.ui.sharing import LinkOpener
    from bot.ui.sign_out import end_with_sign_in

    patches.strip_outside_requests()
    patches.use_one_configuration()
    patches.stop_quietly()
    patches.serve_one_avatar()
    patches.keep_no_messages()
    patches.send_text_only()
    patches.serve_assets_compressed(home / "compressed", folder / "public")
    end_with_sign_in()
    chainlit.server.app.add_middleware(LinkOpener)


def join_windows(handlers: Handlers) -> None:
    """Show a conversation alike in all its windows, also in those that come back."""
    from chainlit.auth.jwt import get_jwt_secret

    from bot.ui import presses, threads

    threads.show_in_all_windows()
    threads.name_threads_by_window(get_jwt_secret() or "")
    threads.catch_up(handlers.resumed, handlers.offered)
    presses.lose_no_press()
