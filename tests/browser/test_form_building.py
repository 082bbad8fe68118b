"""Forms are built without writing text: each comes back as it was; a field is added, moved and seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from beichen.fronts.services.forms.editing import read_form
from beichen.fronts.services.forms.models import FormVersion
from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from tests.browser.conftest import DESK, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PLACE = "/services/forms/settle-in/edit"


@pytest.fixture(scope="module")
def designer(house: str) -> Iterator[str]:
    """Somebody who may install scenes."""
    city = city_region()
    assert city is not None
    person = register_person("designer", by=BY)
    appoint(person, "operator", Body.objects.get(key="digital-office"), city, by=BY)
    account = Account.objects.create_user("designer", password="long-enough-secret", person=person)
    yield "designer"
    account.delete()


def _built(visitor: Visitor, place: str = PLACE) -> Page:
    page = visitor.go(place)
    expect(page.locator("[data-outline] > div").first).to_be_visible()
    return page


def _text(page: Page) -> str:
    return page.locator("textarea[name=text]").input_value()


def _fields(page: Page) -> list[str]:
    """The fields of the form itself, by their titles, in their order."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.jedi-array-item')]"
        ".filter(one => /^#.fields.[0-9]+$/.test(one.dataset.path)).map(one => one.dataset.title)"
    )
    return found


def test_every_form_of_a_scene_goes_through_the_editor_unchanged(visit: Visit, designer: str) -> None:
    visitor = visit(DESK)
    visitor.sign_in(designer)
    rows = FormVersion.objects.filter(is_newest=True, is_offered=True)
    assert rows.count() >= 3
    for row in rows:
        page = _built(visitor, f"/services/forms/{row.key}/edit")
        before = _text(page)
        assert _fields(page) == [field["title"] for field in row.declared["properties"].values()]
        page.locator("[data-view=text]").click()
        expect(page.locator("textarea[name=text]")).to_be_visible()
        assert _text(page) == before, row.key
        # What the library itself made of the outline, brought back as if it had been edited.
        told = page.evaluate(
            "async () => { const build = document.querySelector('bc-build');"
            "return build.ask('fold', build.base, JSON.stringify(build.outline.getValue())); }"
        )
        assert told["wrong"] == []
        assert told["text"] == before, row.key
        assert read_form(told["text"], row.key) == row.declared
    assert visitor.complaints == []


def test_a_required_choice_is_added_moved_by_keyboard_and_seen(visit: Visit, designer: str) -> None:
    visitor = visit(DESK, language="en")
    visitor.sign_in(designer)
    page = _built(visitor)
    before = _fields(page)
    page.get_by_role("button", name="Add a field", exact=True).last.click()
    mine = page.locator(f".jedi-array-item[data-path='#/fields/{len(before)}']")
    mine.get_by_label("Title in Chinese", exact=True).fill("领取方式")
    mine.get_by_label("Title in English", exact=True).fill("Delivery")
    mine.get_by_label("Kind of answer").select_option(label="One of several choices")
    mine.get_by_label("Must be filled in").check()
    for number, (zh, en, value) in enumerate(
        (("快递", "By courier", "courier"), ("大厅", "At the hall", "hall"))
    ):
        mine.get_by_role("button", name="Add a choice").click()
        choice = page.locator(f".jedi-array-item[data-path='#/fields/{len(before)}/choices/{number}']")
        choice.get_by_label("In Chinese").fill(zh)
        choice.get_by_label("In English").fill(en)
        choice.get_by_label("Value in the file").fill(value)
        choice.get_by_label("Value in the file").blur()
    seen = page.locator("[data-preview-of] fieldset, [data-preview-of] .field").filter(has_text="Delivery")
    expect(seen.filter(has_text="At the hall").first).to_be_visible()
    page.get_by_role("button", name="Move up: Delivery").focus()
    for step in range(1, 3):
        page.keyboard.press("Enter")
        expect(page.locator("[data-said]")).to_contain_text(
            f"Delivery moved to place {len(before) + 1 - step}"
        )
        expect(page.get_by_role("button", name="Move up: Delivery")).to_be_focused()
    assert _fields(page)[-3] == "Delivery"
    page.locator("[data-view=text]").click()
    expect(page.locator("textarea[name=text]")).to_be_visible()
    form = read_form(_text(page), "settle-in")
    key = list(form["properties"])[-3]
    assert form["properties"][key]["x-choices"]["hall"] == {"zh": "大厅", "en": "At the hall"}
    assert key in form["required"]
    expect(page.locator("[data-wrong]")).to_be_hidden()
    preview = page.locator("[data-preview-of]").inner_text()
    assert preview.index("Delivery") < preview.index("Family members who come along")
    assert visitor.complaints == []


def test_a_field_is_dragged_and_taken_away(visit: Visit, designer: str) -> None:
    visitor = visit(DESK)
    visitor.sign_in(designer)
    page = _built(visitor)
    before = _fields(page)
    grip = page.locator(".jedi-array-item[data-path='#/fields/3'] > * .jedi-array-drag").first
    grip.scroll_into_view_if_needed()
    start = grip.bounding_box()
    target = page.locator(".jedi-array-item[data-path='#/fields/1']").bounding_box()
    assert start is not None
    assert target is not None
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, target["y"] + 20, steps=15)
    page.mouse.move(start["x"] + 8, target["y"] + 6, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "(title) => document.querySelector(\"[data-path='#/fields/3']\").dataset.title !== title",
        arg=before[3],
    )
    assert _fields(page).index(before[3]) < 3
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=f"移除: {before[3]}").click()
    page.wait_for_function(
        "(title) => !document.querySelector('textarea[name=text]').value.includes(`title: ${title}`)",
        arg=before[3],
    )
    assert sorted(_fields(page)) == sorted(one for one in before if one != before[3])
    assert visitor.complaints == []


def test_a_text_with_mistakes_stays_a_text_and_says_so(visit: Visit, designer: str) -> None:
    visitor = visit(DESK, language="en")
    visitor.sign_in(designer)
    page = _built(visitor)
    page.locator("[data-view=text]").click()
    good = _text(page)
    page.locator("textarea[name=text]").fill(good.replace("required:", "require:", 1))
    page.locator("[data-view=build]").click()
    expect(page.locator("[data-stays]")).to_be_visible()
    expect(page.locator("[data-wrong]")).to_contain_text("require")
    expect(page.locator("textarea[name=text]")).to_be_visible()
    page.locator("textarea[name=text]").fill(good)
    page.locator("[data-view=build]").click()
    expect(page.locator("[data-outline]")).to_be_visible()
    expect(page.locator("[data-wrong]")).to_be_hidden()
    # What the outline makes wrong does not lock anybody out of it.
    page.get_by_role("button", name="Add a field", exact=True).last.click()
    expect(page.locator("[data-wrong]")).to_be_visible()
    page.locator("[data-view=text]").click()
    page.locator("[data-view=build]").click()
    expect(page.locator("[data-outline]")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [(DESK, "light", "zh-hans"), (DESK, "dark", "en"), (PHONE, "dark", "zh-hans"), (PHONE, "light", "en")],
)
def test_both_views_are_sound(
    visit: Visit, designer: str, size: tuple[int, int], theme: str, language: str
) -> None:
    visitor = visit(size, theme, language)
    visitor.sign_in(designer)
    page = _built(visitor)
    visitor.settle()
    assert visitor.violations() == []
    for number in (2, 8):
        page.locator(f".jedi-array-item[data-path='#/fields/{number}'] > details > summary").click()
    visitor.settle()
    assert visitor.violations() == []
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    page.locator("[data-view=text]").click()
    visitor.settle()
    assert visitor.violations() == []
    assert visitor.complaints == []


def test_without_a_script_the_text_is_edited_as_ever(visit: Visit, designer: str) -> None:
    visitor = visit(DESK, java_script_enabled=False)
    visitor.sign_in(designer)
    page = visitor.go(PLACE)
    assert page.locator("textarea[name=text]").is_visible()
    assert not page.locator("[data-view=build]").is_visible()
    page.locator("button[value=preview]").click()
    assert page.locator("[data-preview-of] fieldset").first.is_visible()
