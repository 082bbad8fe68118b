"""An item whose result is a certificate: looked at by the window, paid for, issued."""

from __future__ import annotations

from typing import Any

from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import town
from beichen.fronts.services.tests.town import MONDAY, SETUP, words
from beichen.kernel.org.models import Region
from beichen.platforms.ledger import service as ledger

KIND = "trade-licence"
_FIELD: dict[str, Any] = {"required": True, "optional": False, "choices": []}
KINDS: dict[str, dict[str, Any]] = {
    KIND: {
        "name": "营业许可",
        "name_en": "Trade licence",
        "issuer": "planning",
        "days": 0,
        "look": "red",
        "fields": [
            {**_FIELD, "key": "shop", "zh": "字号", "en": "Shop", "type": "text"},
            {**_FIELD, "key": "area_m2", "zh": "面积", "en": "Area", "type": "number", "required": False},
        ],
    }
}
ITEM: dict[str, Any] = {
    "name": words("营业许可", "Trade licence"),
    "body": "planning",
    "audience": ["person", "firm"],
    "process": "trade",
    "good": ["granted"],
    "fee": {"basis": words("规则", "Rule"), "amounts": [{"yuan": 20}], "message": "paid"},
    "result": {"name": words("营业许可证", "Trade licence"), "certificate": KIND},
}
FIELDS: dict[str, Any] = {
    "shop": {"name": words("字号", "Shop")},
    "area_m2": {"name": words("面积", "Area"), "type": "number"},
    "payment": {"name": words("单号", "Order")},
    "paid_yuan": {"name": words("金额", "Amount"), "type": "number"},
    "certificate": {"name": words("证照", "Certificate")},
}


def build(*, kinds: bool = True) -> None:
    """The town with the item; without ``kinds``, a city that issues no such certificate."""
    town.build()
    if kinds:
        ledger.load_certificate_kinds(KINDS, owner="scene:mint", by=SETUP)
    body = town.diagram(
        '<startEvent id="begin"/><userTask id="look"/>'
        '<intermediateCatchEvent id="payment_comes"><messageEventDefinition id="m" messageRef="msg"/>'
        '</intermediateCatchEvent><serviceTask id="issue"/><endEvent id="granted"/>'
        + town.flow("begin look", "look payment_comes", "payment_comes issue", "issue granted"),
        lanes={"window": "look payment_comes issue"},
        key="trade",
        more='<message id="msg" name="paid"/>',
    )
    town.simple(
        "trade",
        body,
        steps={"look": {}, "issue": {"door": "certificate"}},
        ends="granted",
        fields=FIELDS,
        start=["shop", "area_m2"],
        messages={"paid": ["payment", "paid_yuan"]},
    )
    declare_items({"trade": ITEM}, {}, {}, scene="mint", by=SETUP)


def apply(subject: str = "FIRM-1", *, key: str = "", **more: Any) -> Affair:
    """An application for the licence."""
    data = {"shop": "星河书店", "area_m2": 40, **more.pop("data", {})}
    place = Region.objects.get(code=town.CITY)
    return items.apply("trade", data, subject, place, by=SETUP, key=key, **{"now": MONDAY, **more})
