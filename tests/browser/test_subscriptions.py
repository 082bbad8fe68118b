"""The pages of subscriptions in a browser: sound for axe, no sideways scrolling, on a desk and on a phone."""

from __future__ import annotations

import pytest

from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.registry import service
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.models import Subscription
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PATHS = ("/admin/subscriptions", "/admin/subscriptions?active=True", "/admin/subscriptions/{subscription}")


@pytest.fixture(scope="module")
def people(house: str, django_db_blocker: object) -> dict[str, str]:
    """A data steward `wen` and a subscription that fails; what stands for the names in addresses."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        body, city = Body.objects.get(key="city-government"), city_region()
        assert city is not None
        person = register_person("文清", by=BY)
        appoint(person, "steward", body, city, by=BY)
        Account.objects.create_user("wen", password="long-enough-secret", person=person)
        payload = {
            "type": "Subscription",
            "subscriptionName": "井盖告警推送",
            "entities": [{"type": "Manhole"}],
            "watchedAttributes": ["level"],
            "q": "level>4",
            "notification": {"endpoint": {"uri": "https://example.org/a/long/path/to/a/program/of/a/bureau"}},
        }
        row = service.subscribe(payload, CORE_ONLY, by=BY)
        Subscription.objects.update(times_sent=3, times_failed=3, failed_in_row=3, last_error="503")
        return {"subscription": str(row.pk)}


@pytest.mark.parametrize(("size", "theme", "language"), [(DESK, "light", "zh-hans"), (PHONE, "dark", "en")])
def test_every_page_is_sound(
    visit: Visit, people: dict[str, str], size: tuple[int, int], theme: str, language: str
) -> None:
    visitor = visit(size, theme, language)
    page = visitor.go("/account/login/")
    page.locator("input[name=login]").fill("wen")
    page.locator("input[name=password]").fill("long-enough-secret")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{visitor.house}/")
    found: dict[str, object] = {}
    for path in PATHS:
        page = visitor.go(path.format_map(people))
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
    assert visitor.complaints == []
