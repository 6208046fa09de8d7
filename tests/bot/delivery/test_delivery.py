"""Delivery against real servers: what arrives, what is refused, what is tried again, and that no secret leaks."""

import base64
import email
import email.policy
import hashlib
import hmac
import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.delivery import send
from bot.delivery.fit import in_bytes, parts_of
from bot.delivery.message import Attachment, Message, Target
from bot.delivery.sending import is_once
from bot.delivery.targets import TargetError, target_of, targets_of
from bot.settings import read_settings

MESSAGE = Message(title="预警: 投产比", markdown="昨天投产比 1.83,低于 2。")
SECRET = "a1b2c3d4-secret-key"


def _one(url: str, message: Message = MESSAGE, key: str | None = None):
    return send(message, [Target("boss", url)], key=key)[0]


def test_a_wecom_robot_gets_markdown_with_the_title(web) -> None:
    receipt = _one(f"wecombot://{SECRET}?gateway=http://{web.place}")
    path, _, body = web.requests[0]
    assert receipt.state == "sent"
    assert urlsplit(path).path == "/cgi-bin/webhook/send"
    assert parse_qs(urlsplit(path).query) == {"key": [SECRET]}
    text = "**预警: 投产比**\n\n昨天投产比 1.83,低于 2。"
    assert body == {"msgtype": "markdown", "markdown": {"content": text}}


def test_a_wecom_robot_gets_a_picture_as_a_second_post(web) -> None:
    picture = Attachment.of("chart.png", "image/png", b"not really a picture")
    receipt = _one(
        f"wecombot://{SECRET}?gateway=http://{web.place}",
        MESSAGE.model_copy(update={"attachments": (picture,)}),
    )
    image = web.requests[1][2]["image"]
    assert receipt.parts == 2
    assert base64.b64decode(image["base64"]) == b"not really a picture"
    assert image["md5"] == hashlib.md5(b"not really a picture").hexdigest()


def test_a_dingtalk_robot_gets_a_signature_of_the_time(web) -> None:
    token = "0" * 64
    receipt = _one(f"dingtalk://SECabc@{token}?gateway=http://{web.place}")
    path, _, body = web.requests[0]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    signed = hmac.new(b"SECabc", f"{asked['timestamp']}\nSECabc".encode(), hashlib.sha256).digest()
    assert receipt.state == "sent"
    assert asked["access_token"] == token
    assert base64.b64decode(asked["sign"]) == signed
    assert body["markdown"]["title"] == "预警: 投产比"


@pytest.mark.parametrize("service", ["feishu", "lark"])
def test_feishu_and_lark_get_a_card(web, service: str) -> None:
    assert _one(f"{service}://{SECRET}?gateway=http://{web.place}").state == "sent"
    path, _, body = web.requests[0]
    assert path == f"/open-apis/bot/v2/hook/{SECRET}"
    assert body["card"]["header"]["title"]["content"] == "预警: 投产比"
    assert body["card"]["elements"][0]["content"] == "昨天投产比 1.83,低于 2。"


@pytest.mark.parametrize(
    ("reply", "state", "problem"),
    [
        ((200, '{"errcode": 93000, "errmsg": "invalid webhook url"}'), "dead", "refused with code 93000"),
        ((200, '{"errcode": 45009, "errmsg": "api freq out of limit"}'), "retry", "refused with code 45009"),
        ((200, "<html>busy</html>"), "retry", "an answer that is no JSON"),
        ((200, "{}"), "dead", "refused with code None"),
        ((500, "oops"), "retry", "HTTP 500"),
        ((429, "slow down"), "retry", "HTTP 429"),
        ((403, "no"), "dead", "HTTP 403"),
    ],
)
def test_a_robot_that_answers_200_has_not_taken_a_message_by_that(web, reply, state, problem) -> None:
    web.replies = [reply]
    receipt = _one(f"wecombot://{SECRET}?gateway=http://{web.place}")
    assert (receipt.state, receipt.problem) == (state, problem)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    assert _one(f"wecombot://{SECRET}?gateway=http://127.0.0.1:9").state == "retry"
    assert _one("json://127.0.0.1:9/hook").state == "retry"


def test_a_message_of_which_half_has_arrived_is_not_sent_again(web) -> None:
    web.replies = [(200, '{"errcode": 0}'), (500, "")]
    long = Message(title="t", markdown="长" * 2000)
    receipt = _one(f"wecombot://{SECRET}?gateway=http://{web.place}", long)
    assert (receipt.state, receipt.parts) == ("dead", 1)


def test_a_webhook_gets_the_message_with_its_key(web) -> None:
    assert _one(f"json://{web.place}/hook", key="alerts/2025-09-13/x").state == "sent"
    path, headers, body = web.requests[0]
    assert path == "/hook"
    assert headers["Idempotency-Key"] == "alerts/2025-09-13/x"
    assert (body["title"], body["message"]) == ("预警: 投产比", "昨天投产比 1.83,低于 2。")


@pytest.mark.parametrize(("status", "state"), [(500, "retry"), (429, "retry"), (404, "dead"), (401, "dead")])
def test_a_webhook_that_fails_is_tried_again_only_where_that_may_help(web, status: int, state: str) -> None:
    web.replies = [(status, "")]
    receipt = _one(f"json://{web.place}/hook")
    assert (receipt.state, receipt.problem) == (state, f"HTTP {status}")


def test_a_mail_arrives_as_html_with_its_attachment_and_key(post) -> None:
    page = Attachment.of("digest.html", "text/html", "<p>整页</p>".encode())
    message = Message(title="周报", markdown="正文", html="<p>正文 <b>1.83</b></p>", attachments=(page,))
    url = f"mailto://127.0.0.1:{post.server_address[1]}?from=bot@example.com&to=boss@example.com"
    assert _one(url, message, key="digest/1").state == "sent"
    mail = email.message_from_bytes(post.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "周报"
    assert mail["X-AskGrowth-Key"] == "digest/1"
    body = mail.get_body(("html",))
    assert body is not None
    assert "<b>1.83</b>" in body.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["digest.html"]


def test_a_mail_server_that_refuses_is_tried_again(post) -> None:
    post.refuses = True
    url = f"mailto://127.0.0.1:{post.server_address[1]}?from=bot@example.com&to=boss@example.com"
    assert _one(url).state == "retry"


def test_an_address_that_cannot_be_read_is_given_up() -> None:
    assert _one("nosuchservice://x").state == "dead"


def test_no_secret_is_in_a_log_a_receipt_or_a_representation(web, caplog) -> None:
    web.replies = [(500, "no")]
    target = Target("boss", f"wecombot://{SECRET}?gateway=http://{web.place}")
    hook = Target("hook", f"json://user:{SECRET}@{web.place}/{SECRET}")
    with caplog.at_level(logging.DEBUG):
        receipts = send(MESSAGE, [target, hook])
    settings = read_settings(environ={"ASKGROWTH_DELIVERY_BOSS": target.url})
    shown = f"{caplog.text} {receipts} {target!r} {hook!r} {settings!r}"
    assert len(web.requests) == 2
    assert SECRET not in shown


def test_a_text_is_cut_between_lines_and_never_in_a_character() -> None:
    text = "\n".join(f"第{at}行" + "字" * 30 for at in range(20))  # 20 lines of some 98 bytes
    parts = parts_of(text, 500, "zh-CN")
    assert len(parts) == 4
    assert "\n".join(parts) == text
    assert all(in_bytes(part) <= 500 for part in parts)


def test_what_does_not_fit_into_five_parts_is_left_out_and_said_so() -> None:
    parts = parts_of("字" * 1000, 300, "zh-CN")
    assert len(parts) == 5
    assert parts[-1].endswith("(太长,后面省略)")
    assert all(in_bytes(part) <= 300 for part in parts)


def test_targets_come_from_the_environment_by_their_names() -> None:
    settings = read_settings(
        environ={"ASKGROWTH_DELIVERY_BOSS": "json://a json://b", "ASKGROWTH_DELIVERY_OPS": "json://c"}
    )
    found = targets_of(settings.delivery, ("boss", "ops"))
    assert [(one.name, one.url) for one in found] == [
        ("boss", "json://a"), ("boss#2", "json://b"), ("ops", "json://c"),
    ]  # fmt: skip
    assert target_of(settings.delivery, "boss#2") == Target("boss#2", "json://b")
    assert target_of(settings.delivery, "boss#3") is None


def test_a_target_that_is_not_set_is_named_with_its_variable() -> None:
    with pytest.raises(TargetError) as raised:
        targets_of({}, ("boss",))
    assert "ASKGROWTH_DELIVERY_BOSS" in raised.value.at("en-US")


def test_slack_gets_a_payload_with_title_and_text_behind_a_gateway(web) -> None:
    web.replies = [(200, "ok")]
    message = MESSAGE.model_copy(update={"markdown": "ROAS **1.83**, under 2. [Open](http://a.example/b)"})
    hook = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert _one(f"slack://{hook}?gateway=http://{web.place}", message, key="k").state == "sent"
    path, _, body = web.requests[0]
    assert path == f"/services/{hook}"
    [attachment] = body["attachments"]
    assert attachment["title"] == "预警: 投产比"
    assert "<http://a.example/b|Open>" in attachment["text"]


@pytest.mark.parametrize(("status", "state"), [(500, "retry"), (429, "retry"), (404, "dead")])
def test_slack_that_fails_is_tried_again_only_where_that_may_help(web, status: int, state: str) -> None:
    web.replies = [(status, "no")]
    hook = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert _one(f"slack://{hook}?gateway=http://{web.place}").state == state


@pytest.mark.parametrize(
    ("address", "limit"),
    [
        ("wecombot://{secret}?gateway=http://{place}", 4096),
        ("dingtalk://{token}?gateway=http://{place}", 18_000),
        ("feishu://{secret}?gateway=http://{place}", 18_000),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?gateway=http://{place}", 35_000 * 3),
        ("json://{place}/hook", 32_768 * 3),
    ],
)
def test_a_long_text_comes_in_parts_that_each_service_takes(web, address: str, limit: int) -> None:
    web.replies = [(200, "ok" if address.startswith("slack") else '{"errcode": 0, "code": 0}')]
    url = address.format(secret=SECRET, token="0" * 64, place=web.place)
    text = "\n".join(f"第 {at} 行:{'支付金额' * 20}" for at in range(200))
    receipt = _one(url, Message(title="周报", markdown=text))
    assert receipt.state == "sent"
    assert receipt.parts == len(web.requests) <= 5
    assert all(in_bytes(str(body)) <= limit * 1.2 for _, _, body in web.requests)
    assert "第 0 行" in str(web.requests[0][2])


@pytest.mark.parametrize(
    "address",
    [
        "wecombot://{secret}?gateway=http://{place}",
        "dingtalk://SEC{secret}@{token}?gateway=http://{place}",
        "feishu://{secret}?gateway=http://{place}",
        "slack://T1JJ3T3L2/A1BRTD4JD/{secret}?gateway=http://{place}",
        "json://user:{secret}@{place}/{secret}",
    ],
)
def test_no_service_writes_its_secret_anywhere(web, caplog, address: str) -> None:
    web.replies = [(403, "no")]
    url = address.format(secret="TIiajkdnlazkcOXrIdevi7FQ", token="0" * 64, place=web.place)
    with caplog.at_level(logging.DEBUG):
        receipt = _one(url)
    assert receipt.state == "dead"
    assert len(web.requests) == 1
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in f"{caplog.text} {receipt}"


def test_a_mail_that_fails_writes_no_password_anywhere(post, caplog) -> None:
    post.refuses = True
    url = (
        f"mailto://user:{SECRET}@127.0.0.1:{post.server_address[1]}?from=bot@example.com&to=boss@example.com"
    )
    with caplog.at_level(logging.DEBUG):
        receipt = _one(url)
    assert receipt.state == "retry"
    assert SECRET not in f"{caplog.text} {receipt}"


def test_once_is_ours_and_never_part_of_an_address(web) -> None:
    target = Target("hook", f"json://{web.place}/hook?once=yes")
    assert is_once(target)
    assert not is_once(Target("hook", f"json://{web.place}/hook"))
    assert _one(target.url).state == "sent"
    assert web.requests[0][0] == "/hook"
