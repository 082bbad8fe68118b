"""The pages of messages in a browser: sound for axe, no sideways scrolling, by keyboard, without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body, Person
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Roster
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PATHS = (
    "/messages",
    "/messages?state=read",
    "/messages/log",
    "/messages/log/{delivery}",
    "/messages/{message}",
    "/messages/rosters",
    "/messages/preferences",
)
TEXTS = {
    "subject_zh": "内涝处置任务 {code}",
    "subject_en": "Flooding task {code}",
    "text_zh": "请于两小时内到场处置。",
    "text_en": "Please be there within two hours.",
    "channels": ["mail", "sms"],
}


@pytest.fixture(scope="module")
def people(house: str, django_db_blocker: object) -> dict[str, str]:
    """An operator `zhao` with messages, a shift and a gap; what stands for the names in addresses."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        body, city = Body.objects.get(key="city-government"), city_region()
        assert city is not None
        person: Person = register_person("赵若川", by=BY, email="zhao@example.cn")
        appoint(person, "administrator", body, city, by=BY)
        Account.objects.create_user("zhao", password="long-enough-secret", person=person)
        names = {"name": "热线值班", "name_en": "Hotline", "body": body.key, "fallback": "", "cover": []}
        other = {**names, "name": "闸门值班", "name_en": "Gate"}
        stock = comms.Stock(templates={"task": TEXTS}, rosters={"hotline": names, "gate": other})
        comms.load_stock(stock, owner="city:changchun", by=BY)
        now = timezone.now()
        roster = Roster.objects.get(key="hotline")
        comms.add_shift(
            roster, person, now - timedelta(hours=1), now + timedelta(hours=11), by=BY, note="汛期"
        )
        urgency = [comms.Urgency.NORMAL, comms.Urgency.URGENT, comms.Urgency.LOW]
        for number in range(6):
            notice = comms.Notice(
                "task",
                {"code": f"A-{number}"},
                about=f"case:A-{number}",
                href="/plan",
                urgency=urgency[number % 3],
            )
            comms.send(notice, [comms.ToPerson(person)], by=BY)
        rows = comms.deliveries_for(BY)
        return {"delivery": rows[0].number, "message": str(comms.inbox_of(person).order_by("id")[0].pk)}


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [(DESK, "light", "zh-hans"), (PHONE, "dark", "en"), (PHONE, "light", "zh-hans")],
)
def test_every_page_is_sound(
    visit: Visit, people: dict[str, str], size: tuple[int, int], theme: str, language: str
) -> None:
    visitor = visit(size, theme, language)
    visitor.sign_in("zhao")
    found: dict[str, object] = {}
    for path in PATHS:
        page = visitor.go(path.format_map(people))
        for closed in page.locator("details.disclosure").all():
            closed.locator("summary").click()
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
    assert visitor.complaints == []


def test_a_message_is_read_and_followed_by_keyboard_without_scripts(
    visit: Visit, people: dict[str, str]
) -> None:
    visitor = visit(PHONE, java_script_enabled=False)
    visitor.sign_in("zhao")
    page = visitor.go("/messages?state=delivered")
    unread = page.locator("a.is-unread").count()
    page.locator("a.is-unread").first.press("Enter")
    page.get_by_role("button", name="打开相关事项").press("Enter")
    page.wait_for_url(f"{visitor.house}/plan")
    page = visitor.go("/messages?state=delivered")
    assert page.locator("a.is-unread").count() == unread - 1
