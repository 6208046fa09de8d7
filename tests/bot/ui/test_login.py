"""Sign-in by a proxy's header: off by default, refused where anybody could forge it."""

import pytest

from bot.endpoint import SettingsError
from bot.listening import ServeError
from bot.login import DEFAULT_HOURS, Login, read_login
from bot.ui.server import check_login

SECRET = "0123456789abcdef"


def test_no_header_is_believed_by_default() -> None:
    assert read_login({}) == Login(None, None, DEFAULT_HOURS)


def test_header_secret_and_hours_come_from_the_environment_and_the_secret_is_not_shown() -> None:
    login = read_login(
        {
            "ASKGROWTH_LOGIN_HEADER": "X-Forwarded-User",
            "ASKGROWTH_LOGIN_SECRET": SECRET,
            "ASKGROWTH_SESSION_HOURS": "12",
        }
    )

    assert login == Login("X-Forwarded-User", SECRET, 12.0)
    assert SECRET not in repr(login)


@pytest.mark.parametrize(
    "environ",
    [
        {"ASKGROWTH_LOGIN_HEADER": "no header: name"},
        {"ASKGROWTH_LOGIN_SECRET": SECRET},
        {"ASKGROWTH_LOGIN_HEADER": "X-User", "ASKGROWTH_LOGIN_SECRET": "short"},
        {"ASKGROWTH_SESSION_HOURS": "0"},
        {"ASKGROWTH_SESSION_HOURS": "soon"},
        {"ASKGROWTH_SESSION_HOURS": "nan"},
    ],
)
def test_what_cannot_be_used_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        read_login(environ)


def test_a_header_without_a_secret_is_refused_where_other_machines_reach_the_server() -> None:
    with pytest.raises(ServeError) as caught:
        check_login(Login("X-User"), "0.0.0.0")

    assert "ASKGROWTH_LOGIN_SECRET" in caught.value.mend.en
    assert "冒充" in caught.value.message.zh


@pytest.mark.parametrize(
    ("login", "host"),
    [(Login(), "0.0.0.0"), (Login("X-User"), "127.0.0.1"), (Login("X-User", SECRET), "0.0.0.0")],
)
def test_a_header_is_believed_on_this_machine_or_with_a_secret(login: Login, host: str) -> None:
    assert check_login(login, host) is None
