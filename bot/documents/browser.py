"""PDF and long pictures by a browser that is installed anyway; without one both are refused by name.

The browser only lays out a page that needs nothing else: it is started without extensions, its host names resolve to
nothing, and the page holds no script.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Literal

from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

Printed = Literal["pdf", "png"]
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
SECONDS = 60
PHONE = 430  # CSS pixels: a picture for a group chat is read on a phone
LONGEST = 12_000


class BrowserError(AskGrowthError):
    """There is no browser, or it did not print."""

    code = "no_browser"


def find_browser() -> str | None:
    """Return the path of the first known browser; None where none is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def print_page(html: str, form: Printed, browser: str | None = None) -> bytes:
    """Return a self-contained page as PDF or as one long PNG, phone-wide and as long as the page.

    Raises:
        BrowserError: no browser is installed, or it failed.
    """
    program = browser or find_browser()
    if program is None:
        raise BrowserError(
            Text(
                zh="没有找到可用的浏览器(Chromium、Chrome 或 Edge),出不了 PDF 和长图。",
                en="No browser (Chromium, Chrome or Edge) is installed, so there is no PDF and no picture.",
            ),
            Text(
                zh="装一个,或改用 .html、.md:它们不需要浏览器。",
                en="Install one, or use .html or .md, which need none.",
            ),
        )
    with tempfile.TemporaryDirectory(prefix="askgrowth-print-") as name:
        folder = Path(name)
        page, out = folder / "page.html", folder / f"out.{form}"
        page.write_text(html, encoding="utf-8")
        if form == "pdf":
            wanted = [f"--print-to-pdf={out}", "--no-pdf-header-footer"]
        else:
            height = _height(program, html, folder)
            wanted = [
                f"--screenshot={out}",
                f"--window-size={PHONE},{height}",
                "--force-device-scale-factor=2",
            ]
        said = _run(program, folder, page, wanted)
        if not out.is_file():
            raise _failed(said[-300:])
        return out.read_bytes()


def _height(program: str, html: str, folder: Path) -> int:
    """Return how many CSS pixels the page is high at a phone's width: a copy of it writes that into its title."""
    copy = folder / "measured.html"
    script = "<script>document.title = 'high ' + document.documentElement.scrollHeight</script>"
    copy.write_text(html.replace("</body>", f"{script}</body>"), encoding="utf-8")
    dumped = _run(program, folder, copy, ["--dump-dom", f"--window-size={PHONE},800"])
    match = re.search(r"<title>high (\d+)</title>", dumped)
    return min(int(match[1]), LONGEST) if match else LONGEST


def _run(program: str, folder: Path, page: Path, wanted: list[str]) -> str:
    """Run the browser on a page and return what it wrote."""
    command = [
        program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-extensions", "--no-first-run",
        "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars",
        f"--user-data-dir={folder}/profile", *wanted, page.as_uri(),
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - a browser found on the path, our own page and switches
            command, capture_output=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    if done.returncode != 0:
        raise _failed(done.stderr.decode("utf-8", "replace")[-300:])
    return done.stdout.decode("utf-8", "replace")


def _failed(cause: str) -> BrowserError:
    return BrowserError(
        Text(zh=f"浏览器没有印出来:{cause}", en=f"The browser did not print: {cause}"),
        Text(zh="改用 .html 或 .md。", en="Use .html or .md instead."),
    )
