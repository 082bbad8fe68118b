"""The pages of subscriptions: listed, filtered, exported, paused, resumed and deleted by data stewards."""

from __future__ import annotations

import pytest
from django.test import Client

from beichen.kernel.access import service as access
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import appoint, register_person
from beichen.registry import service
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.models import Subscription

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def subscription() -> Subscription:
    """One that fails."""
    access.load_roles(by=BY)
    payload = {
        "type": "Subscription",
        "subscriptionName": "水位推送",
        "entities": [{"type": "Well"}],
        "notification": {"endpoint": {"uri": "mqtt://user:hush@broker.example.org/wells"}},
    }
    row = service.subscribe(payload, CORE_ONLY, by=BY)
    Subscription.objects.update(times_sent=2, times_failed=2, failed_in_row=2, last_error="refused")
    return row


def browser(role: str) -> Client:
    """A person of a role, signed in."""
    region = Region.objects.create(code="22", path="22", name="甲", level="province")
    body = Body.objects.create(key="b", path="b", name="甲局", region=region)
    person = register_person("甲", by=BY)
    appoint(person, role, body, region, by=BY)
    client = Client()
    client.force_login(access.create_account("jia", "long-enough-secret", person, by=BY))
    return client


def test_a_steward_sees_how_deliveries_go_and_stops_them(subscription: Subscription) -> None:
    client = browser("steward")
    listed = client.get("/admin/subscriptions").content.decode()
    assert "水位推送" in listed
    assert "推送失败" in listed
    assert "hush" not in listed
    assert "水位推送" not in client.get("/admin/subscriptions?active=False").content.decode()
    exported = client.get("/admin/subscriptions?format=csv")
    assert b"refused" in b"".join(exported) if exported.streaming else b"refused" in exported.content
    path = f"/admin/subscriptions/{subscription.pk}"
    assert "refused" in client.get(path).content.decode()
    assert client.post(f"{path}/pause")["Location"] == path
    assert "恢复" in client.get(path).content.decode()
    client.post(f"{path}/resume")
    assert Subscription.objects.get().is_active
    assert client.post(f"{path}/delete")["Location"] == "/admin/subscriptions"
    assert not Subscription.objects.exists()
    assert client.get(path).status_code == 404


def test_others_do_not(subscription: Subscription) -> None:
    client = browser("officer")
    path = f"/admin/subscriptions/{subscription.pk}"
    assert client.get("/admin/subscriptions").status_code == 403
    assert client.get(path).status_code == 403
    assert client.post(f"{path}/delete").status_code == 403
    assert Subscription.objects.exists()
