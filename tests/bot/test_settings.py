from pathlib import Path

import pytest

from bot.settings import DEMO, SettingsError, parse_locale, read_settings

ENDPOINT = {
    "ASKGROWTH_LLM_BASE_URL": "http://127.0.0.1:9/v1",
    "ASKGROWTH_LLM_MODEL": "m",
    "ASKGROWTH_LLM_API_KEY": "geheim",
}


def workspace(folder: Path) -> Path:
    (folder / "askgrowth.yml").write_text("version: 1\n", encoding="utf-8")
    return folder


def test_a_named_workspace_wins_over_the_environment(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    settings = read_settings(str(one), environ={"ASKGROWTH_WORKSPACE": str(two)}, folder=tmp_path)
    assert settings.workspace == one


def test_the_environment_wins_over_the_nearest_file(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    settings = read_settings(environ={"ASKGROWTH_WORKSPACE": str(other)}, folder=workspace(tmp_path))
    assert settings.workspace == other


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    deep = workspace(tmp_path) / "a" / "b"
    deep.mkdir(parents=True)
    assert read_settings(environ={}, folder=deep).workspace == tmp_path


def test_without_any_workspace_the_demo_is_used(tmp_path: Path) -> None:
    settings = read_settings(environ={}, folder=tmp_path)
    assert settings.workspace == DEMO
    assert settings.is_demo


def test_a_workspace_that_does_not_exist_is_an_error_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(str(tmp_path / "nowhere"), environ={}, folder=tmp_path)
    assert "不存在" in caught.value.at("zh-CN")
    assert "does not exist" in caught.value.at("en-US")


def test_the_model_planner_without_an_endpoint_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read_settings(planner="llm", environ={}, folder=tmp_path)
    assert read_settings(planner="llm", environ=ENDPOINT, folder=tmp_path).planner == "llm"


def test_an_unknown_planner_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read_settings(planner="magic", environ=ENDPOINT, folder=tmp_path)


def test_the_key_never_shows_in_a_representation(tmp_path: Path) -> None:
    settings = read_settings(environ={**ENDPOINT, "CHAINLIT_AUTH_SECRET": "auch geheim"}, folder=tmp_path)
    assert settings.endpoint is not None
    assert settings.endpoint.api_key == "geheim"
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("zh", "zh-CN"),
        ("zh_CN", "zh-CN"),
        ("ZH-cn", "zh-CN"),
        ("en", "en-US"),
        ("en-us", "en-US"),
        (None, None),
    ],
)
def test_a_locale_is_read_in_any_spelling(name: str | None, locale: str | None) -> None:
    assert parse_locale(name) == locale


def test_another_language_is_an_error() -> None:
    with pytest.raises(SettingsError):
        parse_locale("fr")
