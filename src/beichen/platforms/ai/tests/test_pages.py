"""The pages and the address of models: listed, drawn on a map with a table beside it, run by who may."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import BodyFacts, appoint, load_bodies, region_by_code, register_person
from beichen.platforms.ai import service
from beichen.platforms.ai.jobs import run, run_due
from beichen.platforms.ai.models import Model, Run
from beichen.platforms.ai.tests import ground
from beichen.platforms.ai.tests.ground import BY, KEY
from beichen.platforms.geo.service import LayerFacts, install_layers
from beichen.registry.models import Object

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
SQUARE = [[125.2, 43.8], [125.5, 43.8], [125.5, 44.0], [125.2, 44.0], [125.2, 43.8]]


def signed_in(role: str, region: str = "990100") -> Client:
    """A browser of somebody with a role."""
    person = register_person("某", by=BY)
    appoint(person, role, Body.objects.get(key="water"), region_by_code(region), by=BY)
    client = Client()
    client.force_login(Account.objects.create_user(f"{role}{region}", person=person))
    return client


def key_of(role: str) -> dict[str, str]:
    """The header of a program with a role."""
    return {"Authorization": f"Bearer {create_client(f'p-{role}', 'p', role, by=BY)}"}


@pytest.fixture(autouse=True)
def _forecast() -> None:
    """A map, two tanks of which one will be full, and a run of the model."""
    ground.town()
    load_bodies([BodyFacts("water", "水务局")], by=BY)
    feature = {"type": "Feature", "properties": {"code": "990102", "name": "甲区"},
               "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}  # fmt: skip
    content = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    install_layers(
        [
            LayerFacts("districts", "区", "Districts", "polygon", "test", "CC0", "", "d.geojson", content,
                       style={"role": "boundary"}, region_property="code"),
        ],
        owner="city:test",
        by=BY,
    )  # fmt: skip
    ground.tank("T-1")
    ground.tank("T-2", "990103")
    Object.objects.update(body=Body.objects.get(key="water"))
    ground.declare()
    now = timezone.now()
    ground.measured({"T-1": [1.0, 1.2, 1.4], "T-2": [3.0, 3.4, 3.8]}, until=now, is_demo=True)
    assert service.run_model(KEY, by=BY, now=now).findings == 1


def test_the_list_is_found_and_exported() -> None:
    client = signed_in("engineer")
    assert "水箱预报" in client.get("/models").content.decode()
    assert "水箱预报" not in client.get("/models?q=nothing").content.decode()
    export = b"".join(client.get("/models?format=csv&sort=-key").streaming_content).decode()  # type: ignore[attr-defined]
    assert KEY in export
    assert Client().get("/models").status_code == 403


def test_a_model_is_drawn_on_the_map_and_said_in_words() -> None:
    """Dots are links with words, the chart has its table, the finding its text; made-up values are marked."""
    client = signed_in("engineer")
    page = client.get(f"/models/{KEY}").content.decode()
    assert 'id="model-points"' in page
    assert 'class="model-dot is-missed"' in page
    assert 'class="model-dot is-on-course"' in page
    assert "将满" in page
    assert "bc-chart" in page
    assert '<span class="badge">演示</span>' in page
    assert "运行完成" in page
    assert (
        "T-2"
        not in client.get(f"/models/{KEY}?thing=T-1&measure=level_m&q=T-1")
        .content.decode()
        .split("bc-map")[0]
    )
    english = client.get(f"/models/{KEY}", headers={"Accept-Language": "en"})
    assert english.status_code == 200
    assert client.get("/models/tanks.none").status_code == 404
    assert client.get(f"/models/{KEY}?thing=nobody&measure=x'; drop").status_code == 200


def test_another_districts_things_are_neither_drawn_nor_told() -> None:
    page = signed_in("engineer", "990102").get(f"/models/{KEY}").content.decode()
    assert "T-1" in page
    assert "T-2" not in page
    assert "将满" not in page


def test_a_run_is_asked_for_by_who_may(client: Client) -> None:
    engineer, steward = signed_in("engineer"), signed_in("steward")
    assert "立即运行" in engineer.get(f"/models/{KEY}").content.decode()
    assert "立即运行" not in steward.get(f"/models/{KEY}").content.decode()
    assert steward.post(f"/models/{KEY}/run").status_code == 403
    assert engineer.post(f"/models/{KEY}/run").status_code == 302
    assert client.post(f"/api/models/{KEY}/run", headers=key_of("steward")).status_code == 403
    assert client.post(f"/api/models/{KEY}/run").status_code in (401, 403)
    answer = client.post(f"/api/models/{KEY}/run", headers=key_of("engineer"))
    assert answer.status_code == 200
    tasks = list(DBTaskResult.objects.filter(task_path__endswith="jobs.run"))
    assert len(tasks) == 2
    before = Run.objects.count()
    for task in tasks:  # of several that waited, one is enough
        run.call(*task.args_kwargs["args"])
    assert Run.objects.count() == before + 1


def test_programs_read_what_people_do(client: Client) -> None:
    header = key_of("engineer")

    def got(address: str) -> Any:
        answer = client.get(address, headers=header)
        assert answer.status_code == 200, answer.content
        return answer.json()

    (model,) = got("/api/models")["models"]
    assert (model["key"], model["last_outcome"], model["missing"]) == (KEY, "done", [])
    shown = got(f"/api/models/{KEY}")
    assert shown["runs"][0]["figures"] == {"tanks": 2.0}
    assert shown["findings"][0]["text"] == {"zh": "将满", "en": "It will be full"}
    values = got(f"/api/models/{KEY}/forecasts?thing=T-1")["forecasts"]
    assert [round(one["value"], 2) for one in values] == [1.6, 1.8]
    assert client.get("/api/models/tanks.none", headers=header).json()["code"] == "AIM-101"


def test_models_run_by_the_clock_once_each() -> None:
    """What was missed is made up once; the next time follows the expression."""
    now = timezone.now()
    Model.objects.update(next_at=now)
    run_due.call()
    run_due.call()
    assert DBTaskResult.objects.filter(task_path__endswith="jobs.run").count() == 1
    row = Model.objects.get(key=KEY)
    assert row.next_at is not None
    assert row.next_at > now
    assert row.next_at.minute % 10 == 0
