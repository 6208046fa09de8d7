"""`askgrowth doctor`: what is installed, whether the workspace opens, and whether its data can be read."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring import Progress, open_layer
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import ONE_DAY
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

PACKAGES = ("duckdb", "sqlglot", "pydantic", "pandas", "plotly", "chainlit", "langchain", "openai")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is right, what was seen, and what to do where it is not."""

    name: Text
    ok: bool
    detail: str
    mend: Text | None = None

    def to_json(self) -> dict[str, object]:
        """Return plain JSON values."""
        mend = {"zh": self.mend.zh, "en": self.mend.en} if self.mend else None
        return {
            "name": {"zh": self.name.zh, "en": self.name.en},
            "ok": self.ok,
            "detail": self.detail,
            "mend": mend,
        }


def examine(settings: Settings, progress: Progress | None = None) -> list[Finding]:
    """Return every finding, in the order in which one thing builds on another; nothing is changed."""
    findings = [_python(), _packages(), _state_dir(settings)]
    layer, opened = _open(settings, progress)
    findings.append(opened)
    if layer is not None:
        findings += [_freshness(layer), _lockdown(layer)]
    findings.append(_endpoint(settings))
    return findings


def _python() -> Finding:
    running = sys.version_info[:3]
    return Finding(
        Text.same("Python"),
        (3, 11) <= running < (3, 14),
        ".".join(str(part) for part in running),
        Text(zh="请用 Python 3.11–3.13。", en="Use Python 3.11 to 3.13."),
    )


def _packages() -> Finding:
    seen, missing = [], []
    for name in PACKAGES:
        try:
            seen.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    detail = ", ".join(seen) + (f"; missing: {', '.join(missing)}" if missing else "")
    return Finding(
        Text(zh="依赖", en="packages"),
        not missing,
        detail,
        Text(zh="运行 python run.py setup。", en="Run python run.py setup."),
    )


def _state_dir(settings: Settings) -> Finding:
    import tempfile

    folder = settings.state_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        mend = Text(
            zh="设置 ASKGROWTH_STATE_DIR 为可写的文件夹。", en="Set ASKGROWTH_STATE_DIR to a writable folder."
        )
        return Finding(Text(zh="缓存目录", en="state folder"), False, f"{folder}: {error.strerror}", mend)
    return Finding(Text(zh="缓存目录", en="state folder"), True, str(folder))


def _open(settings: Settings, progress: Progress | None) -> tuple[SemanticLayer | None, Finding]:
    name = Text(zh="工作区", en="workspace")
    try:
        layer = open_layer(settings, progress)
    except AskGrowthError as error:
        return None, Finding(name, False, error.message.en, error.mend)
    counts = f"{len(layer.catalog.metrics)} metrics, {len(layer.catalog.dimensions)} dimensions"
    return layer, Finding(name, True, f"{settings.workspace.name}: {counts}")


def _freshness(layer: SemanticLayer) -> Finding:
    name = Text(zh="数据", en="data")
    spans = [
        layer.model_coverage(model.name) for model in layer.catalog.models.values() if not model.forward_dated
    ]
    starts = [span.start for span in spans if span.start is not None]
    ends = [span.end for span in spans if span.end is not None]
    if not starts or not ends:
        mend = Text(
            zh="检查数据文件与各模型的 agg_time_dimension。",
            en="Check the data files and each model's agg_time_dimension.",
        )
        return Finding(name, False, "no dated rows", mend)
    return Finding(name, True, f"{min(starts)} – {max(ends) - ONE_DAY}; today: {layer.today()}")


def _lockdown(layer: SemanticLayer) -> Finding:
    """Try what must be refused: reading a file through the query connection, or writing to a server."""
    name = Text(zh="只读隔离", en="read-only engine")
    if layer.engine.dialect != "duckdb":
        return _read_only_server(layer, name)
    try:
        layer.engine.execute("SELECT * FROM read_text('/etc/hostname')")
    except AskGrowthError:
        return Finding(name, True, "reading files is refused")
    mend = Text(
        zh="使用数据库文件而不是自带连接,才能锁定外部访问。",
        en="Open a database file instead of an own connection, so that access can be locked.",
    )
    return Finding(name, False, "the connection can read files", mend)


# What each server says of a connection that may not write. Spark has no such mode: only one SELECT is ever sent.
_READ_ONLY = {
    "postgres": "SELECT current_setting('transaction_read_only')",
    "clickhouse": "SELECT toString(getSetting('readonly'))",
}


def _read_only_server(layer: SemanticLayer, name: Text) -> Finding:
    dialect = layer.engine.dialect
    try:
        layer.engine.execute("DROP TABLE askgrowth_must_not_be_able_to")
    except AskGrowthError as error:
        refused = error.code == "not_a_select"
    else:
        refused = False
    question = _READ_ONLY.get(dialect)
    said = str(layer.engine.execute(question).rows[0][0]) if question else "on"
    mend = Text(
        zh="给 AskGrowth 一个只有读权限的数据库用户。", en="Give AskGrowth a database user who may only read."
    )
    shown = f"{dialect}: read-only transaction" if question else f"{dialect}: single SELECT statements only"
    return Finding(name, refused and said in ("on", "1", "2"), shown, mend)


def _endpoint(settings: Settings) -> Finding:
    name = Text(zh="模型", en="model endpoint")
    if settings.endpoint is None:
        return Finding(name, True, "none (rules planner, offline)")
    return Finding(name, True, f"{settings.endpoint.model}")
