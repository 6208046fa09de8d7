"""The chat as a browser sees it: from start to a page that takes questions, from Enter to words and to the chart.

`python -m evals.bench page [--questions 12]`. Needs a Chromium of the system (`chromium` on the path) and the test
dependencies. The server is a process of its own on the demo; the questions of the boss are asked warm, each in its
language, and each once: nothing of an answer is there before it is asked.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench._chat_server import ChatServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE_SECONDS, WORDS_SECONDS, CHART_SECONDS = 3.0, 0.3, 1.0
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()
WARM = ("上周每天的支付金额", "spend by channel last week", "上个月各渠道的投产比")
QUESTIONS = (
    "最近12周每周的支付金额",
    "orders by week for the last 8 weeks",
    "这周哪个渠道最有效",
    "10月每天的访客数",
    "which channel worked best last month",
    "上个月各省份的支付金额",
    "sales by category last quarter",
    "最近30天各店铺的支付金额",
    "refund rate by month this year",
    "9月各渠道的获客成本",
    "paid orders by province last month",
    "最近6个月每月的客单价",
)
# Looks at the page at every frame: what a person sees, not what the server has sent.
WATCH = """(cards) => new Promise((resolve, reject) => {
  const began = performance.now(), seen = {};
  const look = () => {
    const now = performance.now() - began;
    const all = document.querySelectorAll('[data-testid="answer-card"]');
    const card = all[cards];
    if (card) {
      const words = card.querySelector('[data-testid="headline"]');
      if (words && words.innerText && seen.words === undefined) seen.words = now;
      const plot = card.querySelector('[data-testid="plot"]');
      if (plot && plot.dataset.drawn === 'true') { seen.chart = now; resolve(seen); return; }
    }
    if (now > 30000) resolve(seen); else requestAnimationFrame(look);
  };
  look();
})"""


def run(argv: list[str]) -> int:
    """Print the times of page, words and chart; 0 where each is within its budget."""
    parser = argparse.ArgumentParser(prog="bench page", description=__doc__)
    parser.add_argument("--questions", type=int, default=len(QUESTIONS))
    asked = parser.parse_args(argv)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("没有 chromium / There is no chromium on the path")
        return 1
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="bench-page-") as folder, sync_playwright() as playwright:
        server = ChatServer(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
            opened = _open(page, server.url)
            print(f"the server answers {server.start_seconds:.2f} s after its start")
            print(f"the page takes questions {opened:.2f} s after it is opened")
            # The first look at a server that just started warms nothing yet.
            for question in WARM:
                _ask(page, question)
            page.wait_for_timeout(3000)
            seen = [_ask(page, question) for question in QUESTIONS[: asked.questions]]
            again = _open(browser.new_context(locale="zh-CN").new_page(), server.url)
            print(f"the page takes questions {again:.2f} s after it is opened by the next reader")
        finally:
            browser.close()
            server.stop()
    return _told(seen, opened)


def _open(page: Page, url: str) -> float:
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("#welcome-screen #starters button:not([disabled])")
    return time.perf_counter() - began


def _ask(page: Page, question: str) -> dict[str, Any]:
    """Return after how many milliseconds words and chart could be seen, from Enter on."""
    cards = page.get_by_test_id("answer-card").count()
    page.click("#chat-input")
    page.keyboard.insert_text(question)
    page.wait_for_selector("#chat-submit:not([disabled])")
    page.evaluate("(cards) => { window.__watch = (" + WATCH + ")(cards) }", cards)
    page.keyboard.press("Enter")
    seen: dict[str, Any] = page.evaluate("() => window.__watch")
    page.wait_for_timeout(700)  # a person reads before asking on
    return {"question": question, **seen}


def _told(seen: list[dict[str, Any]], opened: float) -> int:
    for one in seen:
        words, chart = one.get("words"), one.get("chart")
        print(f"  words {_shown(words)}  chart {_shown(chart)}  {one['question']}")
    words = sorted(one.get("words", 30_000) / 1000 for one in seen)
    charts = sorted(one.get("chart", 30_000) / 1000 for one in seen)
    middle = len(seen) // 2
    print(f"words p50 {words[middle]:.3f} s  slowest {words[-1]:.3f} s, budget {WORDS_SECONDS:g} s")
    print(f"chart p50 {charts[middle]:.3f} s  slowest {charts[-1]:.3f} s, budget {CHART_SECONDS:g} s")
    within = opened <= PAGE_SECONDS and words[middle] <= WORDS_SECONDS and charts[middle] <= CHART_SECONDS
    print("met" if within else "MISSED")
    return 0 if within else 1


def _shown(milliseconds: float | None) -> str:
    return f"{milliseconds:5.0f} ms" if milliseconds is not None else "   none"
