"""What can be done with items: find and read them, check who may apply, apply."""

from __future__ import annotations

from beichen.fronts.services.items.applying import Given, apply, is_known_enough
from beichen.fronts.services.items.bundling import apply_bundle
from beichen.fronts.services.items.checking import Eligibility, Price, check_conditions, needed, price
from beichen.fronts.services.items.declaration import Item, Material
from beichen.fronts.services.items.finding import (
    bundle,
    item,
    read_bundle,
    read_item,
    read_window,
    window,
    windows,
)
from beichen.fronts.services.items.marking import give_marks
from beichen.fronts.services.items.payment.looking import look as look_at_payments
from beichen.fronts.services.items.words import Channel, How

__all__ = [
    "Channel",
    "Eligibility",
    "Given",
    "How",
    "Item",
    "Material",
    "Price",
    "apply",
    "apply_bundle",
    "bundle",
    "check_conditions",
    "give_marks",
    "is_known_enough",
    "item",
    "look_at_payments",
    "needed",
    "price",
    "read_bundle",
    "read_item",
    "read_window",
    "window",
    "windows",
]
