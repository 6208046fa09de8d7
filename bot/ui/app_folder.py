"""Chainlit's application folder, made anew for every server process below the state folder.

Chainlit reads its configuration, translations and public files from one folder and writes uploads beside them;
left alone it uses the working directory. Nothing here is kept: the conversations live in the store.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from bot.login import DEFAULT_HOURS
from bot.ui.labels import CARD_LABELS, README, TRANSLATION_CHANGES
from semantic_layer.text import LOCALES, Locale, Text

PUBLIC = Path(__file__).resolve().parent / "public"
NAME = "AskGrowth 问增长"
NO_SUCH_ENV_FILE = "no.env"

CONFIG = """[project]
session_timeout = 3600
user_session_timeout = {session_seconds}
cache = false
allow_origins = []

[features]
unsafe_allow_html = false
latex = false
user_message_markdown = false
auto_tag_thread = true
edit_message = false
user_message_autoscroll = true
assistant_message_autoscroll = false

[features.spontaneous_file_upload]
enabled = true
max_files = 10
max_size_mb = 2048

[features.spontaneous_file_upload.accept]
"text/csv" = [".csv"]
"application/vnd.ms-excel" = [".csv"]
"text/tab-separated-values" = [".tsv"]
"text/plain" = [".txt", ".csv", ".tsv"]
"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" = [".xlsx"]
"application/vnd.apache.parquet" = [".parquet"]
"application/vnd.sqlite3" = [".sqlite", ".db"]
"application/octet-stream" = [".parquet", ".pq", ".sqlite", ".sqlite3", ".db", ".csv", ".xlsx"]

[features.audio]
enabled = false

[UI]
name = "{name}"
description = "Marketing questions, answered with numbers you can check"
cot = "full"
layout = "default"
default_sidebar_state = "closed"
confirm_new_chat = false
custom_css = "/public/askgrowth.css?{stamp}"
custom_js = "/public/askgrowth.js?{stamp}"
custom_js_attributes = "defer"
custom_meta_url = "/"
custom_meta_image_url = "/logo"
login_page_image = "/public/login.svg"
login_page_image_dark_filter = "brightness-75"

[[UI.header_links]]
name = "catalog"
display_name = "指标 Metrics"
icon_url = "/public/catalog.svg"
url = "/catalog"
target = "_self"

[[UI.header_links]]
name = "data"
display_name = "数据 Data"
icon_url = "/public/own.svg"
url = "/data"
target = "_self"

[meta]
generated_by = "{chainlit_version}"
"""


def make_app_folder(parent: Path, session_hours: float = DEFAULT_HOURS) -> Path:
    """Return a new folder for this process with configuration, translations and public files.

    Folders of processes that are gone are removed.
    """
    from importlib.metadata import version

    parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(parent)
    folder = parent / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".chainlit" / "translations").mkdir(parents=True)
    config = CONFIG.format(
        name=NAME,
        chainlit_version=version("chainlit"),
        stamp=os.getpid(),
        session_seconds=max(1, round(session_hours * 3600)),
    )
    (folder / ".chainlit" / "config.toml").write_text(config, encoding="utf-8")
    for locale in LOCALES:
        _write_translation(folder, locale)
    _write_public(folder / "public")
    return folder


def _write_translation(folder: Path, locale: Locale) -> None:
    translation = json.loads(_chainlit_file(f"translations/{locale}.json").read_text(encoding="utf-8"))
    for dotted, text in TRANSLATION_CHANGES.items():
        *path, last = dotted.split(".")
        part = translation
        for key in path:
            part = part.setdefault(key, {})
        part[last] = text.at(locale)
    target = folder / ".chainlit" / "translations" / f"{locale}.json"
    target.write_text(json.dumps(translation, ensure_ascii=False), encoding="utf-8")


def write_readme(folder: Path, workspace: Text) -> None:
    """Write the read-me panel, which names the workspace, in both languages."""
    files: tuple[tuple[str, Locale], ...] = (
        *((f"chainlit_{one}.md", one) for one in LOCALES),
        ("chainlit.md", "en-US"),
    )
    for name, locale in files:
        content = README.at(locale).format(workspace=workspace.at(locale))
        (folder / name).write_text(content, encoding="utf-8")


def _write_public(target: Path) -> None:
    elements = target / "elements"
    elements.mkdir(parents=True)
    for source in PUBLIC.iterdir():
        if source.is_file():
            shutil.copyfile(source, target / source.name)
    (elements / "AnswerCard.jsx").write_text(_card_source(), encoding="utf-8")
    _link(_plotly_script(), target / "plotly.min.js")


def _card_source() -> str:
    # Chainlit loads one self-contained file per element; ours is written in parts, joined in name order.
    labels = {locale: {name: text.at(locale) for name, text in CARD_LABELS.items()} for locale in LOCALES}
    parts = [path.read_text(encoding="utf-8") for path in sorted((PUBLIC / "elements").glob("*.jsx"))]
    return "\n".join([*parts, f"const LABELS = {json.dumps(labels, ensure_ascii=False)};\n"])


def _plotly_script() -> Path:
    import importlib.util

    spec = importlib.util.find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


def _chainlit_file(name: str) -> Path:
    import importlib.util

    spec = importlib.util.find_spec("chainlit")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / name


def _link(source: Path, target: Path) -> None:
    # Chainlit serves only files that really lie inside the public folder, so a symbolic link would not do.
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.iterdir():
        if folder.name.isdigit() and not _is_running(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    if os.name == "nt":
        return True  # there, signal 0 is Ctrl-C
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
