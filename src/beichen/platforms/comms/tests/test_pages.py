"""The pages as their readers meet them: own inbox, the record, rosters, preferences; without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beichen.kernel.audit.models import AuditRecord
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import QuietHours, Roster, Shift
from beichen.platforms.comms.tests.conftest import BY, Make, sign_in
from beichen.platforms.comms.tests.servers import MailServer

NOTICE = comms.Notice(
    "dispatched", {"code": "A-1", "title": "井盖缺失"}, about="case:A-1", href="/messages/log"
)


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("page", ["", "/preferences", "/1"])
def test_strangers_are_led_to_the_door(client: Client, db: None, page: str) -> None:
    response = client.get(f"/messages{page}")
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/account/login/")


def test_the_inbox_is_ones_own(make: Make) -> None:
    li, wang = make("李"), make("王")
    comms.send(NOTICE, [comms.ToPerson(li)], by=BY)
    browser, other = sign_in(li), sign_in(wang)
    shown = text(browser.get("/messages"))
    assert "有 1 条未读消息" in shown
    row = comms.inbox_of(li).get()
    assert f'class="is-unread" href="/messages/{row.pk}">新任务 A-1' in shown
    assert "新任务" not in text(other.get("/messages"))
    assert other.get(f"/messages/{row.pk}").status_code == 404
    assert other.post(f"/messages/{row.pk}/open").status_code == 404
    assert comms.unread_count(li) == 1


def test_opening_a_message_reads_it_and_leads_to_its_thing(make: Make) -> None:
    li = make("李")
    comms.send(NOTICE, [comms.ToPerson(li)], by=BY)
    comms.send(NOTICE, [comms.ToPerson(li)], by=BY)
    browser = sign_in(li)
    first, second = comms.inbox_of(li).order_by("id")
    shown = text(browser.get(f"/messages/{first.pk}"))
    assert "请办理：井盖缺失" in shown
    assert "case:A-1" not in shown, "a reference of programs"
    assert comms.unread_count(li) == 1
    assert browser.post(f"/messages/{second.pk}/open")["Location"] == "/messages/log"
    assert comms.unread_count(li) == 0
    browser.cookies["beichen_language"] = "en"
    assert "Please handle" in text(browser.get(f"/messages/{first.pk}"))


def test_filters_search_and_marking_all(make: Make) -> None:
    li = make("李")
    comms.send(NOTICE, [comms.ToPerson(li)], by=BY)
    comms.send(comms.Notice("note", {"title": "清扫"}), [comms.ToPerson(li)], by=BY)
    browser = sign_in(li)
    assert "新任务" not in text(browser.get("/messages?q=清扫"))
    assert "新任务" not in text(browser.get("/messages?state=read"))
    shown = browser.post("/messages/read", follow=True)
    assert "已将 2 条消息标为已读" in text(shown)
    assert "新任务" in text(browser.get("/messages?state=read"))


def test_the_record_masks_addresses(make: Make, mail_server: MailServer) -> None:
    comms.send(NOTICE, [comms.ToPerson(make("李", mail="li.wei@x.cn"))], by=BY)
    operator = sign_in(make("值守", role="operator"))
    shown = text(operator.get("/messages/log?channel=mail"))
    assert "l***@x.cn" in shown
    assert "li.wei" not in shown
    for wanted in ("csv", "xlsx"):
        response = operator.get(f"/messages/log?format={wanted}")
        assert b"li.wei" not in b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert sign_in(make("办事", role="officer")).get("/messages/log").status_code == 403
    assert Client().get("/messages/log").status_code == 403


def test_an_address_is_seen_for_a_reason_by_who_is_cleared(make: Make, mail_server: MailServer) -> None:
    li = make("李", mail="li.wei@x.cn")
    message = comms.send(NOTICE, [comms.ToPerson(li)], by=BY)
    number = message.deliveries.get(channel="mail").number
    address = f"/messages/log/{number}"
    operator, auditor = sign_in(make("值守", role="operator")), sign_in(make("审计", role="auditor"))
    assert "显示地址" not in text(operator.get(address))
    assert "li.wei" not in text(operator.post(address, {"purpose": "x"}))
    assert "显示地址" in text(auditor.get(address))
    assert auditor.post(address, {"purpose": ""}).status_code == 422
    assert "li.wei@x.cn" in text(auditor.post(address, {"purpose": "核查投诉"}))
    record = AuditRecord.objects.get(action="comms.address.read")
    assert record.subject == li.code
    assert "核查投诉" in record.detail
    assert auditor.get("/messages/log/NONE.1").status_code == 404


def test_the_record_stays_in_its_region(make: Make) -> None:
    comms.send(NOTICE, [comms.ToPerson(make("李"))], by=BY)
    number = comms.deliveries_for(BY)[0].number
    district = sign_in(make("区值守", role="operator", region="990102"))
    assert "新任务" not in text(district.get("/messages/log"))
    assert district.get(f"/messages/log/{number}").status_code == 403


def test_the_record_asks_a_fixed_number_of_questions(
    make: Make, django_assert_max_num_queries: object
) -> None:
    comms.send(NOTICE, [comms.ToPerson(make(f"李{number}")) for number in range(50)], by=BY)
    operator = sign_in(make("值守", role="operator"))
    operator.get("/messages/log")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        operator.get("/messages/log")


def test_rosters_are_read_by_staff_and_edited_by_right(make: Make) -> None:
    li = make("李")
    officer, operator = sign_in(li), sign_in(make("值守", role="operator"))
    shown = text(officer.get("/messages/rosters"))
    assert "当前无人值班" in shown
    assert "改为通知： 后备" in shown
    assert "排班</summary>" not in shown
    assert "nobody from" not in shown
    starts = timezone.localtime().replace(second=0, microsecond=0) - timedelta(hours=1)
    form = {
        "person": li.code,
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "ends": f"{starts + timedelta(hours=9):%Y-%m-%dT%H:%M}",
        "weeks": "2",
        "note": "汛期",
    }
    assert officer.post("/messages/rosters/hotline/shifts", form).status_code == 403
    assert "已排 2 个班次" in text(operator.post("/messages/rosters/hotline/shifts", form, follow=True))
    assert "汛期" in text(officer.get("/messages/rosters"))
    wrong = operator.post("/messages/rosters/hotline/shifts", {**form, "ends": form["starts"]})
    assert wrong.status_code == 422
    assert "班次结束早于开始" in text(wrong)
    assert operator.post("/messages/rosters/hotline/shifts", {}).status_code == 422
    later = Shift.objects.order_by("-starts")[0]
    gone = operator.post(f"/messages/rosters/hotline/shifts/{later.pk}/remove", follow=True)
    assert "班次已撤销" in text(gone)
    assert operator.post(f"/messages/rosters/gate/shifts/{later.pk}/remove").status_code == 404
    assert Client().get("/messages/rosters").status_code == 403
    assert "2035-11-26 – 2035-12-02" in text(operator.get("/messages/rosters?week=2035-11-28"))
    assert operator.get("/messages/rosters?week=never").status_code == 200


def test_people_are_chosen_by_name_and_only_of_the_body(make: Make) -> None:
    make("水务李"), make("交通王", body="roads")
    shown = text(sign_in(make("值守", role="operator")).get("/messages/rosters"))
    assert "水务李" in shown
    assert "交通王" not in shown
    assert Roster.objects.filter(is_current=True).count() == 2


def test_preferences_are_kept_or_refused_beside_their_field(make: Make) -> None:
    li = make("李", mail="known@x.cn")
    browser = sign_in(li)
    assert "k***@x.cn" in text(browser.get("/messages/preferences"))
    form = {"language": "en", "mail": "li@x.cn", "phone": "12", "muted": ["sms"]}
    wrong = browser.post("/messages/preferences", form)
    assert wrong.status_code == 422
    assert "不是电话号码" in text(wrong)
    form |= {"phone": "13800000001", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert browser.post("/messages/preferences", form).status_code == 302
    assert comms.preferences_of(li).phone == "+8613800000001"
    assert 'value="22:00"' in text(browser.get("/messages/preferences"))
    assert browser.post("/messages/preferences/city", {"city-quiet_from": "22:00"}).status_code == 403


def test_the_city_has_quiet_hours_by_right(make: Make) -> None:
    operator = sign_in(make("值守", role="operator"))
    address = "/messages/preferences/city"
    assert operator.post(address, {"city-quiet_from": "22:00"}).status_code == 422
    hours = {"city-quiet_from": "22:00", "city-quiet_until": "06:30"}
    assert operator.post(address, hours).status_code == 302
    assert str(QuietHours.objects.get()) == "22:00–06:30"
    assert "22:00 – 06:30" in text(operator.get("/messages/preferences"))
    operator.post(address, {})
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_staff_find_messages_in_the_navigation(make: Make, language: str) -> None:
    browser = sign_in(make("值守", role="operator"))
    browser.cookies["beichen_language"] = language
    words = (
        ("消息", "收件箱", "值班", "发送记录") if language == "zh-hans" else ("Messages", "Inbox", "On duty")
    )
    shown = text(browser.get("/messages"))
    assert all(f">{word}</a>" in shown for word in words)
    assert 'href="/messages"' not in text(Client().get("/"))


def test_every_page_counts_what_is_unread_in_one_question(make: Make, client: Client) -> None:
    li = make("李")
    for _ in range(2):
        comms.send(NOTICE, [comms.ToPerson(li)], by=BY)
    signed = sign_in(li)
    page = signed.get("/report").content.decode()
    assert '<bc-count href="/messages/unread">2</bc-count>' in page
    assert "bc-count href" not in client.get("/report").content.decode()
    with CaptureQueriesContext(connection) as asked:
        assert signed.get("/messages/unread").json() == {"count": 2}
    counts = [one["sql"] for one in asked.captured_queries if "platforms_comms_delivery" in one["sql"]]
    assert len(counts) == 1
    assert client.get("/messages/unread").json() == {"count": None}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {counts[0]}").fetchall()
        assert any("comms_inbox_unread" in row[3] for row in plan)
