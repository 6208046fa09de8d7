"""The errors every engine speaks in: what happened and what to do, never a cell of the data nor a secret."""

from __future__ import annotations

from semantic_layer.errors import DataError, EngineError
from semantic_layer.text import Text

_LESS = Text(
    zh="缩短时间范围或减少分组后再试。", en="Ask for a shorter period or fewer groups, and try again."
)


def timed_out(seconds: float) -> EngineError:
    """Return the error of a query that took longer than it may."""
    return EngineError(
        Text(zh=f"查询超过 {seconds:g} 秒,已停止。", en=f"The query was stopped after {seconds:g} seconds."),
        _LESS,
        code="timeout",
    )


def interrupted() -> EngineError:
    """Return the error of a query that somebody stopped."""
    return EngineError(
        Text(zh="查询已取消。", en="The query was cancelled."),
        Text(zh="需要时可重新提问。", en="Ask again when you need it."),
        code="interrupted",
    )


def out_of_memory(limit: str) -> EngineError:
    """Return the error of a query that needs more memory than the limit, written as a person would."""
    return EngineError(
        Text(
            zh=f"查询需要的内存超过上限 {limit}。",
            en=f"The query needs more memory than the limit of {limit}.",
        ),
        _LESS,
        code="out_of_memory",
    )


def failed(detail: str) -> EngineError:
    """Return the error of a statement that the database did not take; `detail` holds names only, no cells."""
    return EngineError(
        Text(
            zh=f"数据库没有接受这条查询({detail})。", en=f"The database did not accept the query ({detail})."
        ),
        Text(
            zh="运行 askgrowth check,核对 YAML 中的列名和表达式与数据是否一致。",
            en="Run askgrowth check: it compares the columns and expressions of the YAML with the data.",
        ),
    )


def not_a_select() -> EngineError:
    """Return the error of anything but one SELECT."""
    return EngineError(
        Text(zh="只能执行单条 SELECT 语句。", en="Only a single SELECT statement can be run."),
        Text(zh="请只写一条查询语句。", en="Write one query and nothing else."),
        code="not_a_select",
    )


def unreachable(name: str, place: str, why: str) -> DataError:
    """Return the error of a database that does not answer; `place` is its host and port, without a password."""
    return DataError(
        Text(
            zh=f"无法连接 {name} 数据库 {place}({why})。", en=f"{name} at {place} cannot be reached ({why})."
        ),
        Text(
            zh="检查 askgrowth.yml 里的 engine.url、网络和账号权限。",
            en="Check engine.url in askgrowth.yml, the network, and the rights of the user.",
        ),
        code="database_unreachable",
    )


def refused_settings(name: str, setting: str) -> DataError:
    """Return the error of a server on which our numbers would differ, because a setting cannot be made."""
    return DataError(
        Text(
            zh=f"{name} 不允许设置 {setting},没有它数字会出错。",
            en=f"{name} does not let us set {setting}; without it the numbers would be wrong.",
        ),
        Text(
            zh=f"把该用户的 readonly 设为 2,或在其配置里写好 {setting}。",
            en=f"Give the user readonly = 2, or put {setting} into its settings profile.",
        ),
        code="database_settings",
    )


def driver_missing(name: str, extra: str) -> DataError:
    """Return the error of an engine whose driver is not installed."""
    return DataError(
        Text(zh=f"没有安装 {name} 的驱动。", en=f"The driver for {name} is not installed."),
        Text(zh=f"运行 pip install 'askgrowth[{extra}]'。", en=f"Run pip install 'askgrowth[{extra}]'."),
        code="driver_missing",
    )
