"""What is kept: objects with their indexes, their histories, subscriptions and contexts."""

from beichen.registry.models.contexts import (
    CONTEXT_URL_LENGTH,
    ContextKind,
    KeptContext,
)
from beichen.registry.models.history import (
    History,
    HistoryInstance,
)
from beichen.registry.models.objects import (
    NAME_LENGTH,
    TEXT_LENGTH,
    URN_LENGTH,
    AttributeUse,
    Kind,
    Measurement,
    Object,
    ObjectShape,
    ObjectType,
    ObjectValue,
    ObjectVersion,
    Relation,
    Typing,
    ValueKind,
    plain_value,
)
from beichen.registry.models.subscriptions import (
    Notification,
    Subscription,
    Trigger,
    Watch,
)

__all__ = [
    "CONTEXT_URL_LENGTH",
    "NAME_LENGTH",
    "TEXT_LENGTH",
    "URN_LENGTH",
    "AttributeUse",
    "ContextKind",
    "History",
    "HistoryInstance",
    "KeptContext",
    "Kind",
    "Measurement",
    "Notification",
    "Object",
    "ObjectShape",
    "ObjectType",
    "ObjectValue",
    "ObjectVersion",
    "Relation",
    "Subscription",
    "Trigger",
    "Typing",
    "ValueKind",
    "Watch",
    "plain_value",
]
