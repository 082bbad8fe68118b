"""The operator's commands."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from beichen.platforms.comms import codes
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.commands import comms as group
from beichen.platforms.comms.models import Group
from beichen.platforms.comms.tests.conftest import BY, Make
from beichen.platforms.comms.tests.servers import Gateway, MailServer
from beichen.problem import ProblemError


def run(*arguments: str) -> Any:
    return CliRunner().invoke(group, arguments)


def test_a_channel_is_tried(city: None, mail_server: MailServer, gateway: Gateway) -> None:
    assert run("test", "mail", "li@x.cn").output == "mail took it\n"
    assert mail_server.letters[0]["Subject"] == "北辰测试消息"
    found = run("test", "sms", "13800000001", "--json")
    assert orjson.loads(found.output) == {"sent": True, "reference": "g1"}
    assert run("test", "group", f"json://127.0.0.1:{gateway.port}/x").output == "group took it\n"


@pytest.mark.parametrize(
    ("channel", "address", "code"),
    [
        ("pigeon", "x", codes.NO_CHANNEL),
        ("mail", "x", codes.BAD_ADDRESS),
        ("sms", "13800000001", codes.NOT_SET_UP),
        ("mail", "unknown@x.cn", codes.NOT_SENT),
    ],
)
def test_what_a_trial_finds_is_told(
    city: None, mail_server: MailServer, channel: str, address: str, code: str
) -> None:
    with pytest.raises(ProblemError, match=code):
        comms.try_channel(channel, address, by=BY)


def test_the_status_says_what_waits(make: Make, mail_server: MailServer) -> None:
    assert orjson.loads(run("status", "--json").output)["oldest_waiting"] is None
    notice = comms.Notice("dispatched", {"code": "1", "title": "x"})
    comms.send(notice, [comms.ToPerson(make("李", mail="li@x.cn"))], by=BY)
    found = orjson.loads(run("status", "--json").output)
    assert found["channels"] == ["group", "mail", "push"]
    assert found["deliveries"] == {"inbox": {"delivered": 1}, "mail": {"queued": 1}}
    assert found["oldest_waiting"]
    assert "mail         1 queued" in run("status").output


def test_a_group_gets_its_chat(city: None) -> None:
    assert run("chat", "crew", "feishu://abcdefabcdef").output == "crew has a chat\n"
    assert Group.objects.get(key="crew").chat == "feishu://abcdefabcdef"
    assert run("chat", "crew").output == "crew has no chat\n"
