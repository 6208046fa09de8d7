"""Settings: the only module that reads the environment. Everything else takes values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.endpoint import Endpoint, SettingsError, read_endpoint
from bot.login import Login, read_login
from semantic_layer.text import LOCALES, Locale, Text

PlannerChoice = Literal["rules", "llm", "auto"]
PLANNERS: tuple[PlannerChoice, ...] = ("rules", "llm", "auto")
WORKSPACE_FILE = "askgrowth.yml"
ON = ("1", "true", "yes", "on")
DELIVERY = "ASKGROWTH_DELIVERY_"  # ..._BOSS=wecombot://… is the target `boss`
DEMO = Path(__file__).resolve().parent.parent / "demo"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process runs with: the workspace, where it keeps its own files, and the model, if any."""

    workspace: Path
    is_demo: bool
    state_dir: Path
    endpoint: Endpoint | None = None
    planner: PlannerChoice | None = None  # None: as the workspace says
    chainlit_auth_secret: str | None = field(default=None, repr=False)
    variables: Mapping[str, str] = field(
        default_factory=dict, repr=False
    )  # for `${NAME}` in a workspace's engine.url
    database_url: str | None = field(
        default=None, repr=False
    )  # may hold a password; None: SQLite in state_dir
    public_url: str | None = None  # where people open the chat: linked in messages
    delivery: Mapping[str, str] = field(default_factory=dict, repr=False)  # target -> address, a secret
    traced: bool = False  # whether every question leaves a record in state_dir/traces
    login: Login = field(default_factory=Login)
    otlp_endpoint: str | None = None  # an OpenTelemetry collector that gets the records, too


def read_settings(
    workspace: str | None = None,
    planner: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Return the settings of this process.

    The workspace is `workspace`, else ASKGROWTH_WORKSPACE, else the nearest `askgrowth.yml` upwards from
    `folder` (default: the working directory), else the demo.

    Raises:
        SettingsError: the workspace does not exist, or the planner is unknown or has no endpoint.
    """
    env = os.environ if environ is None else environ
    path = _workspace(workspace or env.get("ASKGROWTH_WORKSPACE"), folder or Path.cwd())
    endpoint = read_endpoint(env)
    return Settings(
        workspace=path,
        is_demo=path == DEMO,
        state_dir=_state_dir(env.get("ASKGROWTH_STATE_DIR")),
        endpoint=endpoint,
        planner=parse_planner(planner, endpoint),
        chainlit_auth_secret=env.get("CHAINLIT_AUTH_SECRET"),
        variables=dict(env),
        database_url=env.get("ASKGROWTH_DATABASE_URL") or None,
        public_url=env.get("ASKGROWTH_PUBLIC_URL") or None,
        delivery=_delivery(env),
        traced=env.get("ASKGROWTH_TRACE", "on" if endpoint is not None else "off").lower() in ON,
        login=read_login(env),
        otlp_endpoint=env.get("ASKGROWTH_OTLP_ENDPOINT") or None,
    )


def parse_planner(name: str | None, endpoint: Endpoint | None) -> PlannerChoice | None:
    """Return the planner called `name`; None stays None.

    Raises:
        SettingsError: no such planner, or `llm` without an endpoint.
    """
    if name is None:
        return None
    if name not in PLANNERS:
        raise SettingsError(
            Text(zh=f"没有名为 {name!r} 的规划器。", en=f"There is no planner named {name!r}."),
            Text(zh=f"可选:{'、'.join(PLANNERS)}。", en=f"Choose one of {', '.join(PLANNERS)}."),
        )
    if name == "llm" and endpoint is None:
        raise SettingsError(
            Text(
                zh="选择了 llm 规划器,但没有配置模型地址。",
                en="Planner llm needs an endpoint, and none is set.",
            ),
            Text(
                zh="设置 ASKGROWTH_LLM_BASE_URL、ASKGROWTH_LLM_MODEL、ASKGROWTH_LLM_API_KEY,或改用 rules。",
                en="Set ASKGROWTH_LLM_BASE_URL, ASKGROWTH_LLM_MODEL and ASKGROWTH_LLM_API_KEY, or use rules.",
            ),
        )
    return name


def parse_locale(name: str | None) -> Locale | None:
    """Return the locale called `name` (`zh`, `zh-CN`, `en`, `en-US`, any case); None stays None.

    Raises:
        SettingsError: another language.
    """
    if name is None:
        return None
    folded = name.replace("_", "-").lower()
    for locale in LOCALES:
        if folded in (locale.lower(), locale[:2]):
            return locale
    raise SettingsError(
        Text(zh=f"不支持的语言 {name!r}。", en=f"The language {name!r} is not supported."),
        Text(zh="可选:zh-CN、en-US。", en="Choose zh-CN or en-US."),
    )


def _workspace(named: str | None, folder: Path) -> Path:
    if named:
        path = Path(named).expanduser().resolve()
        if not path.exists():
            raise SettingsError(
                Text(zh=f"工作区 {named} 不存在。", en=f"The workspace {named} does not exist."),
                Text(
                    zh=f"给出含有 {WORKSPACE_FILE} 的文件夹,或不带参数使用内置演示。",
                    en=f"Name a folder that holds {WORKSPACE_FILE}, or name none to use the demo.",
                ),
            )
        return path
    for parent in (folder.resolve(), *folder.resolve().parents):
        if (parent / WORKSPACE_FILE).is_file():
            return parent
    return DEMO


def _state_dir(named: str | None) -> Path:
    if named:
        return Path(named).expanduser().resolve()
    from platformdirs import user_cache_path

    return user_cache_path("askgrowth")


def _delivery(env: Mapping[str, str]) -> Mapping[str, str]:
    """Return the addresses of ASKGROWTH_DELIVERY_NAME variables by their lower-case names."""
    return {
        name.removeprefix(DELIVERY).lower(): value.strip()
        for name, value in sorted(env.items())
        if name.startswith(DELIVERY) and len(name) > len(DELIVERY) and value.strip()
    }
