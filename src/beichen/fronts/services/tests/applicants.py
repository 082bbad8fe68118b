"""A town where people apply for themselves: accounts, an item with a form and papers, a browser for each."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from django.test import Client
from PIL import Image

from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.models import Draft, Submission
from beichen.fronts.services.forms.service import declare_forms
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.tests import town
from beichen.fronts.services.tests.town import SETUP, words
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Person, Region

FORM: dict[str, Any] = {
    "type": "object",
    "title": "建筑许可申请表",
    "x-title-en": "Building permit",
    "properties": {
        "project": {
            "type": "string",
            "title": "项目",
            "x-title-en": "Project",
            "minLength": 2,
            "maxLength": 60,
            "x-from": "earlier",
        },
        "area_m2": {"type": "number", "title": "面积", "x-title-en": "Area", "minimum": 1, "x-unit": "m²"},
        "contact": {
            "type": "string",
            "title": "联系人",
            "x-title-en": "Contact",
            "x-level": "L3",
            "x-from": "person.name",
            "x-suggest": "licence.name",
        },
        "licence": {
            "type": "string",
            "title": "营业执照",
            "x-title-en": "Licence",
            "x-kind": "file",
            "x-read": "business-licence",
        },
        "large": {"type": "string", "title": "大型项目说明", "x-title-en": "Why so large", "x-kind": "long"},
        "partners": {
            "type": "array",
            "title": "合作单位",
            "x-title-en": "Partners",
            "maxItems": 5,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "title": "名称", "x-title-en": "Name", "maxLength": 40}
                },
                "required": ["name"],
            },
        },
    },
    "required": ["project", "area_m2"],
    "allOf": [
        {
            "if": {"required": ["area_m2"], "properties": {"area_m2": {"exclusiveMinimum": 1000}}},
            "then": {"required": ["large"]},
            "else": {"properties": {"large": False}},
        }
    ],
}
ITEM: dict[str, Any] = {
    "name": words("建筑许可", "Building permit"),
    "body": "planning",
    "audience": ["person", "firm"],
    "process": "permit",
    "form": "permit-form",
    "materials": {
        "drawing": {"name": words("图纸", "Drawing")},
        "contract": {"name": words("合同", "Contract"), "required": False},
    },
}
ANSWERS: dict[str, str] = {"project": "文化馆", "area_m2": "200"}


def build() -> None:
    """Everything that the town has, with an item that is applied for online."""
    town.build()
    declare_forms({"permit-form": FORM}, scene="permits", by=SETUP)
    declare_items({"permit-item": ITEM}, {}, {}, scene="permits", by=SETUP)


def citizen(name: str = "王小明") -> tuple[Person, Actor, Client]:
    """Somebody with an account."""
    person = org.register_person(name, by=SETUP)
    account = access.create_account(f"citizen-{person.code}", "x" * 20, person, by=SETUP)
    browser = Client()
    browser.force_login(account)
    return person, org.actor_of(person), browser


def picture(colour: str = "teal") -> io.BytesIO:
    """A photograph, as a phone sends it."""
    found = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(found, "JPEG")
    found.seek(0)
    found.name = "照片.jpg"
    return found


def draft(by: Actor, answers: Mapping[str, str] = ANSWERS, *, with_drawing: bool = True) -> Draft:
    """A draft of the actor for themselves, with answers and the paper that is demanded."""
    region = Region.objects.get(code=town.CITY)
    found = service.begin("permit-item", access.subjects_of(by)[0], region, {}, by=by)
    found = service.keep(found.code, {name: [value] for name, value in answers.items()}, by=by)
    if with_drawing:
        service.bring(found, "material.drawing", picture(), by=by)
    return found


def signed(by: Actor) -> dict[str, str]:
    """What somebody types to sign."""
    return {"agreed": "true", "name": by.name}


def applied(by: Actor) -> Submission:
    """An application that was sent."""
    return service.send(draft(by).code, signed(by), by=by)[0]
