"""Making a screen with the mouse and with the keyboard alone, and a day played by its hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.conftest import DESK, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db]


def _begin(visitor: Visitor, key: str) -> None:
    """A draft with three texts, made by plain forms."""
    page = visitor.go("/screens/new")
    page.fill("input[name=name_zh]", "值守")
    page.fill("input[name=name_en]", "Watch")
    page.fill("input[name=key]", key)
    page.click("form.card button.is-primary")
    for word in ("甲", "乙", "丙"):
        page.click("button[value=add]")
        page.click('a[href="?kind=text&bound=text"]')
        page.fill("textarea[name=text_zh]", word)
        page.fill("textarea[name=text_en]", word)
        page.fill("input[name=title_zh]", word)
        page.fill("input[name=title_en]", word)
        page.click("button.is-primary")


def test_widgets_are_dragged_and_sized_by_mouse_and_by_keyboard(visit: Visit) -> None:
    visitor = visit(DESK)
    visitor.sign_in("li")
    _begin(visitor, "watch")
    page = visitor.page
    titles = page.locator(".editor-bar .widget-title")
    assert titles.all_text_contents() == ["甲", "乙", "丙"]
    page.wait_for_function("() => document.querySelectorAll('.widget-text').length === 3")
    assert visitor.violations() == []

    grip = page.locator("[data-grip]").nth(2).bounding_box()
    target = page.locator("[data-widget]").nth(0).bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 20, steps=12)
    page.mouse.move(target["x"] + 30, target["y"] + 20, steps=4)
    page.mouse.up()
    dragged = titles.all_text_contents()
    assert dragged.index("丙") < 2, "it stands before another that it stood behind"
    assert page.locator("[data-unsaved]").is_visible()

    page.get_by_role("button", name="移动: 丙").focus()
    for _step in range(dragged.index("丙")):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="移动: 甲").focus()
    page.keyboard.press("ArrowRight")
    assert titles.all_text_contents() == ["丙", "乙", "甲"]
    corner = page.locator("[data-corner]").nth(0)
    corner.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("[name^=width-]").nth(0).input_value() == "5"
    box = page.locator("[data-corner]").nth(1).bounding_box()
    wide = page.locator(".editor-grid").bounding_box()
    assert box is not None
    assert wide is not None
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + 3 * wide["width"] / 12, box["y"] + 8, steps=8)
    page.mouse.up()
    assert page.locator("[name^=width-]").nth(1).input_value() == "6"

    page.click("button[value=save]")
    assert titles.all_text_contents() == ["丙", "乙", "甲"]
    assert page.locator("[data-widget]").nth(0).get_attribute("class") == "widget is-text w-5 h-3"
    page.click("button[value=publish]")
    page.wait_for_url("**/screens/made-watch*")
    assert page.locator(".screen-grid .widget-title").all_text_contents() == ["丙", "乙", "甲"]


def test_a_screen_is_made_on_a_phone_by_fields_alone(visit: Visit) -> None:
    visitor = visit(PHONE)
    visitor.sign_in("li")
    _begin(visitor, "small")
    page = visitor.page
    page.fill("[name=order-0]", "9")
    page.click("button[value=save]")
    assert page.locator(".editor-bar .widget-title").all_text_contents() == ["乙", "丙", "甲"]
    assert visitor.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_day_is_played_by_its_hours(visit: Visit) -> None:
    visitor = visit(DESK)
    day = timezone.localdate() - timedelta(days=1)
    page = visitor.go(f"/screens/governance?replay={day}")
    page.wait_for_function("() => !document.querySelector('.screen-grid').textContent.includes('正在')")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/widgets/" in request.url else None)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-moment]').textContent.endsWith('01:00')")
    page.wait_for_function("() => document.querySelector('[data-state]').textContent === ''")
    assert asked
    assert all("T01%3A00" in one for one in asked)
    assert visitor.violations() == []
    count = len(asked)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('[data-moment]').textContent.endsWith('00:00')")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-moment]').textContent.endsWith('01:00')")
    page.wait_for_function("() => document.querySelector('[data-state]').textContent === ''")
    assert len([one for one in asked if "T01%3A00" in one]) == count, "what was fetched is kept"
    page.locator("[data-play]").click()
    page.wait_for_function("() => document.querySelector('[data-moment]').textContent.endsWith('02:00')")
    page.keyboard.press("Enter")
    assert page.locator("[data-play]").get_attribute("aria-pressed") == "false"
