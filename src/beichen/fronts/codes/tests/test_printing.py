"""Labels: chosen by type, region or code, laid out in the background, logged, exported."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from beichen.fronts.codes import printing, service
from beichen.fronts.codes.labels import LAYOUTS, Label, sheets
from beichen.fronts.codes.models import PrintedLabel, PrintRun
from beichen.fronts.codes.problems import BAD_LABELS, NO_RUN
from beichen.fronts.codes.tests import town
from beichen.hubs.events.tests import city
from beichen.kernel.access.models import Account
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import actor_of, appoint, city_region
from beichen.problem import ProblemError
from beichen.registry.models import Kind, ObjectType

pytestmark = pytest.mark.django_db


def printer() -> Any:
    """Somebody who may print, and is found again by the worker."""
    account, place = Account.objects.filter(username="printer").first(), city_region()
    assert place is not None
    if account is not None and account.person is not None:
        return actor_of(account.person)
    row = town.person("printer")
    appoint(row, "steward", Body.objects.get(key="government"), place, by=town.BY)
    return actor_of(row)


def made(choice: service.Choice, layout: str = "a4-3x8") -> PrintRun:
    run = service.order_print(choice, layout, by=printer())
    service.make_print(run.code)
    run.refresh_from_db()
    return run


def test_labels_of_a_type_in_a_region() -> None:
    rows = [town.thing(f"灯{number}") for number in range(26)]
    town.thing("西灯", place=city.WEST)
    service.change_sticker(rows[0].code, "reissue", "x", by=town.BY)
    run = made(service.Choice(type="Lamp", region=city.EAST))
    assert (run.state, run.total, run.done, run.error) == ("ready", 26, 26, "")
    labels = PrintedLabel.objects.filter(run=run)
    assert [one.code for one in labels] == [row.code for row in rows]
    assert labels[0].edition == 2
    content = b"".join(printing.run_pdf(run))
    pages = PdfReader(BytesIO(content)).pages
    assert len(pages) == 2
    assert rows[0].code in pages[0].extract_text()
    service.make_print(run.code)  # the job comes at least once; nothing is doubled
    assert PrintedLabel.objects.count() == 26


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_the_codes_on_a_sheet_can_be_read(layout: str) -> None:
    """What a camera would see of a printed sheet is the address of the sticker, on the smallest label too."""
    row = town.thing()
    run = made(service.Choice(codes=(row.code,)), layout)
    page = pypdfium2.PdfDocument(b"".join(printing.run_pdf(run)))[0]
    picture = page.render(scale=4).to_pil()
    found = [one.text for one in zxingcpp.read_barcodes(picture)]
    assert found == [service.sticker_address(row.code)]


@pytest.mark.parametrize("key", sorted(LAYOUTS))
def test_every_layout_stands_on_its_page(key: str) -> None:
    layout = LAYOUTS[key]
    left, top = layout.margins
    assert left >= 0
    assert top >= 0
    assert 0 < layout.code_size <= min(layout.label)
    page = sheets(
        layout, [Label("A", "<b>甲</b>", "乙", "https://x/c/A?s=1")] * (layout.count + 1), "市", "扫"
    )
    assert page.count("<section>") == 2
    assert "<b>" not in page


def test_what_cannot_be_printed_is_told() -> None:
    town.thing()
    human = town.thing(kind="Human")
    ObjectType.objects.filter(key="Human").update(kind=Kind.PERSON)
    for choice, layout in (
        (service.Choice(type="Lamp"), "a5"),
        (service.Choice(), "a4-3x8"),
        (service.Choice(type="Nothing"), "a4-3x8"),
        (service.Choice(type="Human"), "a4-3x8"),
        (service.Choice(type="Lamp", region=city.WEST), "a4-3x8"),
        (service.Choice(codes=("x",) * 501), "a4-3x8"),
    ):
        with pytest.raises(ProblemError) as error:
            service.order_print(choice, layout, by=town.BY)
        assert error.value.problems[0].code == BAD_LABELS
    with pytest.raises(ProblemError) as error:
        service.order_print(service.Choice(type="Lamp"), "a4-3x8", by=town.role("officer"))
    assert error.value.problems[0].code == "ACC-403"
    run = made(service.Choice(codes=(human.code,)))
    assert (run.state, human.code in run.error) == ("failed", True)


def test_a_withdrawn_code_is_reissued_first(monkeypatch: pytest.MonkeyPatch) -> None:
    row = town.thing()
    service.change_sticker(row.code, "withdraw", "x", by=town.BY)
    assert made(service.Choice(codes=(row.code,))).state == "failed"
    monkeypatch.setattr(printing, "MOST", 1)
    town.thing()
    service.change_sticker(row.code, "reissue", "x", by=town.BY)
    assert made(service.Choice(type="Lamp")).state == "failed"  # two labels are more than one


def test_the_pages_of_a_print() -> None:
    client = town.officer("steward")[0]
    row = town.thing()
    answer = client.post("/codes/print", {"codes": row.code, "layout": "roll-60x40"})
    run = PrintRun.objects.get()
    assert answer["Location"] == f"/codes/print/{run.code}"
    part = client.get(f"/codes/print/{run.code}", headers={"HX-Target": "print-progress"})
    assert "hx-trigger" in part.content.decode()
    with pytest.raises(ProblemError) as error:
        printing.run_pdf(run)
    assert error.value.problems[0].code == NO_RUN
    service.make_print(run.code)
    page = client.get(f"/codes/print/{run.code}").content.decode()
    assert row.code in page
    assert client.get(f"/codes/print/{run.code}/pdf").getvalue().startswith(b"%PDF")
    assert row.code in client.get(f"/codes/print/{run.code}?format=csv").getvalue().decode()
    assert client.get("/codes/print/NOTHING").status_code == 404
    assert client.post("/codes/print", {"layout": "roll-60x40"}).status_code == 422
    assert client.get(f"/codes/labels/{row.code}.svg")["Content-Type"] == "image/svg+xml"
    assert client.get(f"/codes/labels/{row.code}.gif").status_code == 422
    stranger = town.officer("officer")[0]
    for path in ("/codes/print", f"/codes/print/{run.code}", f"/codes/labels/{row.code}.png"):
        assert stranger.get(path).status_code == 403
