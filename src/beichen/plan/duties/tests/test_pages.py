"""The duties' pages as the public, an officer and a planner meet them."""

from __future__ import annotations

import pytest
from django.test import Client

from beichen.plan.duties.models import Duty
from beichen.plan.models import Plan

PAGES = ["", "/bodies", "/bodies/gardens", "/rounds"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_public_reads_who_answers(client: Client, park: Duty, page: str, language: str) -> None:
    client.cookies["beichen_language"] = language
    response = client.get(f"/plan/duties{page}")
    assert response.status_code == 200
    text = response.content.decode()
    assert ("责任" if language == "zh-hans" else "Duties") in text


def test_unassigned_duties_stand_first(client: Client, plan: Plan, park: Duty) -> None:
    text = client.get("/plan/duties").content.decode()
    assert text.index("北桥工程") < text.index("星河公园工程")
    assert 'href="?standing=unassigned">2<' in text


def test_a_duty_shows_the_public_who_but_no_history(client: Client, park: Duty) -> None:
    text = client.get(f"/plan/duties/{park.pk}").content.decode()
    assert "星河市园林局" in text
    assert "常务会议" not in text
    assert client.get("/plan/duties/999999").status_code == 404
    assert client.get("/plan/duties/bodies/nobody").status_code == 422


def test_the_officer_sees_the_history_of_its_own_duty(gardener: Client, park: Duty) -> None:
    assert "常务会议" in gardener.get(f"/plan/duties/{park.pk}").content.decode()


def test_a_planner_assigns_the_whole_selection(planner: Client, plan: Plan, park: Duty) -> None:
    form = {"everything": "yes", "query": "standing=unassigned", "lead": "roads", "reason": "第3次常务会议"}
    response = planner.post("/plan/duties/assign", form, follow=True)
    assert response.redirect_chain[0][0] == "/plan/duties?standing=unassigned"
    assert "已更改 2 项责任" in response.content.decode()
    assert set(Duty.objects.values_list("lead__key", flat=True)) == {"gardens", "roads"}


def test_wrong_bulk_forms_say_every_mistake(planner: Client, park: Duty) -> None:
    response = planner.post("/plan/duties/assign", {"lead": "roads", "deadline": "1999-01-01"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "请至少选择一项" in text
    assert "请写明理由" in text
    park.refresh_from_db()
    assert park.lead is not None
    assert park.lead.key == "gardens"


def test_only_planners_assign(gardener: Client, client: Client, park: Duty) -> None:
    form = {"duty": str(park.pk), "lead": "roads", "reason": "x"}
    assert gardener.post("/plan/duties/assign", form).status_code == 403
    assert client.post(f"/plan/duties/{park.pk}/assign", form).status_code == 403


def test_one_duty_is_assigned_and_taken_back(planner: Client, park: Duty) -> None:
    address = f"/plan/duties/{park.pk}/assign"
    planner.post(address, {"lead": "north", "supporting": ["gardens", "roads"], "reason": "调整"})
    park.refresh_from_db()
    assert park.lead is not None
    assert park.lead.key == "north"
    assert park.region is not None
    assert park.region.code == "990102"
    assert park.supporting.count() == 2
    planner.post(address, {"take-back": "yes", "reason": "撤回"})
    assert Duty.objects.get(pk=park.pk).lead is None
    assert park.supporting.count() == 0


def test_the_list_exports(client: Client, park: Duty) -> None:
    assert b"gardens" not in b"".join(client.get("/plan/duties?format=csv"))  # names, not keys
    assert client.get("/plan/duties?format=xlsx").status_code == 200
