"""A $filter or $orderby over entities that are rows, as conditions of the ORM.

Everything is compared by its kind, which is known before the database is asked: what does not fit is refused
here (STA-105) and is no error of the database. Values of ``properties`` and other JSON are compared with
literals alone. Geo functions are answered first, as the keys of the rows that they find. Long because the
cases of one grammar stand together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    TimeField,
    Value,
)
from django.db.models.expressions import Combinable, ExpressionWrapper
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import (
    Cast,
    Ceil,
    Concat,
    ExtractDay,
    ExtractHour,
    ExtractMinute,
    ExtractMonth,
    ExtractSecond,
    ExtractYear,
    Floor,
    Length,
    Lower,
    Mod,
    NullIf,
    Round,
    StrIndex,
    Substr,
    Trim,
    TruncDate,
    TruncTime,
    Upper,
)

from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor
from beichen.platforms.iot.sensorthings import geometry
from beichen.platforms.iot.sensorthings.codes import BAD_TYPES
from beichen.platforms.iot.sensorthings.filters import (
    ARITHMETIC,
    COMPARISONS,
    TRUTHS,
    Binary,
    Call,
    Literal,
    Node,
    Path,
    Unary,
)
from beichen.platforms.iot.sensorthings.rights import READ
from beichen.platforms.iot.sensorthings.schema import TYPES, EntityType, Kind
from beichen.problem import Problem, ProblemError, Where, nearest, shorten

FIELDS: dict[Kind, Any] = {
    Kind.TEXT: CharField(),
    Kind.NUMBER: FloatField(),
    Kind.TRUTH: BooleanField(),
    Kind.TIME: DateTimeField(),
    Kind.DATE: DateField(),
    Kind.CLOCK: TimeField(),
}
LOOKUPS = {"eq": "exact", "ne": "exact", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
TURNED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
TEXTS = {"tolower": Lower, "toupper": Upper, "trim": Trim}
PARTS = {
    "year": ExtractYear, "month": ExtractMonth, "day": ExtractDay, "hour": ExtractHour,
    "minute": ExtractMinute, "second": ExtractSecond,
}  # fmt: skip
NUMBERS: dict[str, Callable[[Any], Any]] = {"round": Round, "floor": Floor, "ceiling": Ceil}


class Worth(NamedTuple):
    """A value: an expression of the ORM, what it is, and its literal where it is one."""

    expression: Any
    kind: Kind
    literal: Literal | None = None


class Place(NamedTuple):
    """Where a path leads: the ORM's path, the kind, the names within JSON, the type that has it."""

    column: str
    kind: Kind
    inner: tuple[str, ...]
    owner: EntityType
    before: str


def unfit(message: str, at: int, hint: str = "") -> ProblemError:
    """That something cannot be compared or done."""
    return ProblemError(Problem(BAD_TYPES, shorten(message), Where(field="$filter", start=at), hint))


def place_of(kind: EntityType, path: Path) -> Place:
    """Where a path leads from an entity. Raises ProblemError STA-105."""
    columns: list[str] = []
    for number, part in enumerate(path.parts):
        if part in {"id", "@iot.id"}:
            if number + 1 < len(path.parts):
                raise unfit(f"{path} leads nowhere", path.at)
            return Place("__".join([*columns, "pk"]), Kind.NUMBER, (), kind, "__".join(columns))
        if (own := kind.own(part)) is not None:
            inner = path.parts[number + 1 :]
            if inner and own.kind is not Kind.JSON:
                raise unfit(f"{part} has nothing within", path.at)
            return Place("__".join([*columns, own.column]), own.kind, inner, kind, "__".join(columns))
        relation = kind.relation(part)
        if relation is None:
            raise unfit(f"{kind.singular} has no {part[:30]}", path.at, nearest(part, kind.names))
        if not relation.column:
            raise unfit(f"{kind.singular} is not found by its observations", path.at)
        columns.append(relation.column)
        kind = TYPES[relation.target]
    raise unfit(f"{path} is an entity, not a property", path.at, f"such as {path}/name")


class Conditions:
    """Compiles trees over one type of entities, for one asker; ``aliases`` are what the result refers to."""

    def __init__(self, kind: EntityType, actor: Actor) -> None:
        self._kind = kind
        self._actor = actor
        self.aliases: dict[str, Any] = {}

    def applied(self, rows: QuerySet[Any], tree: Node) -> QuerySet[Any]:
        """The rows for which the tree is true, each once."""
        condition = self.condition(tree)
        keys = rows.model._default_manager.alias(**self.aliases).filter(condition).order_by().values("pk")
        return rows.filter(pk__in=keys)

    def condition(self, node: Node) -> Q:
        """The tree as a condition. Raises ProblemError STA-105, STA-106."""
        if isinstance(node, Binary) and node.operator in {"and", "or"}:
            left, right = self.condition(node.left), self.condition(node.right)
            return left & right if node.operator == "and" else left | right
        if isinstance(node, Unary) and node.operator == "not":
            return ~self.condition(node.operand)
        if isinstance(node, Binary) and node.operator in COMPARISONS:
            return self._compared(node)
        if isinstance(node, Call) and node.name in TRUTHS:
            return self._truth(node)
        if isinstance(node, Literal) and node.kind is Kind.TRUTH:
            return Q(pk__isnull=not node.value)
        worth = self._worth(node)
        if worth.kind is Kind.JSON:
            return Q(**{self._alias(worth.expression): True})
        raise unfit("a condition is expected", node.at)

    def _alias(self, expression: Any) -> str:
        name = f"sta_{len(self.aliases)}"
        self.aliases[name] = expression
        return name

    # ── comparing ─────────────────────────────────────────────────────────────────────────────────

    def _compared(self, node: Binary) -> Q:
        operator, left, right = node.operator, node.left, node.right
        if isinstance(left, Literal) and not isinstance(right, Literal):
            operator, left, right = TURNED[operator], right, left
        if isinstance(left, Call) and left.name in {"geo.distance", "geo.length"}:
            return self._measured(left, operator, right)
        if isinstance(right, Literal) and right.kind is Kind.NULL:
            return self._empty(left, operator, node.at)
        if isinstance(right, Literal) and right.kind is Kind.TRUTH and self._is_condition(left):
            condition = self.condition(left)
            return condition if (operator == "eq") is bool(right.value) else ~condition
        one, other = self._worth(left), self._worth(right)
        if one.kind is Kind.JSON or other.kind is Kind.JSON:
            return self._json_compared(one, operator, other, node.at)
        if one.kind is not other.kind or one.kind not in FIELDS:
            raise unfit(f"{one.kind} is not compared with {other.kind}", node.at)
        found = Q(**{f"{self._alias(one.expression)}__{LOOKUPS[operator]}": other.expression})
        return ~found if operator == "ne" else found

    def _is_condition(self, node: Node) -> bool:
        return (
            (isinstance(node, Call) and node.name in TRUTHS)
            or (isinstance(node, Binary) and node.operator not in ARITHMETIC)
            or (isinstance(node, Unary) and node.operator == "not")
        )

    def _empty(self, node: Node, operator: str, at: int) -> Q:
        if operator not in {"eq", "ne"}:
            raise unfit("null is equal or not equal", at)
        return Q(**{f"{self._alias(self._worth(node).expression)}__isnull": operator == "eq"})

    def _json_compared(self, one: Worth, operator: str, other: Worth, at: int) -> Q:
        if one.kind is not Kind.JSON:
            one, other, operator = other, one, TURNED[operator]
        if other.literal is None or other.kind not in {Kind.TEXT, Kind.NUMBER, Kind.TRUTH}:
            raise unfit("a value of JSON is compared with a text, number or truth", at)
        if not isinstance(one.expression, KeyTransform):
            raise unfit("a value within the JSON is compared", at, "such as properties/key")
        found = Q(**{f"{self._alias(one.expression)}__{LOOKUPS[operator]}": other.literal.value})
        return ~found if operator == "ne" else found

    def _truth(self, node: Call) -> Q:
        if node.name not in {"contains", "startswith", "endswith"}:
            return self._related(node)
        text, part = (self._text(one) for one in node.arguments)
        if node.name == "endswith":
            start = Length(text) - Length(part) + Value(1)
            ends = self._alias(Substr(text, ExpressionWrapper(start, IntegerField())))
            longer = self._alias(ExpressionWrapper(Length(text) - Length(part), IntegerField()))
            return Q(**{f"{longer}__gte": 0, f"{ends}__exact": part})
        place = self._alias(StrIndex(text, part))
        return Q(**{f"{place}__exact": 1} if node.name == "startswith" else {f"{place}__gt": 0})

    # ── geometry ──────────────────────────────────────────────────────────────────────────────────

    def _shapes(self, node: Node) -> tuple[QuerySet[Any], str]:
        """Rows with a geometry that the asker may see, and how the asked entities lead to them."""
        if not isinstance(node, Path):
            raise unfit("a place is expected, such as location", node.at)
        place = place_of(self._kind, node)
        if place.kind is not Kind.GEO:
            raise unfit(f"{node} is no place", node.at)
        rows = place.owner.model.objects.all()
        return visible(self._actor, READ, rows), f"{place.before}__" if place.before else ""

    def _geometry(self, node: Node) -> Any:
        if not isinstance(node, Literal) or node.kind is not Kind.GEO:
            raise unfit("a geometry is expected, such as geography'POINT (125.3 43.9)'", node.at)
        return node.value

    def _inside(self, before: str, keys: list[int]) -> Q:
        return Q(**{f"{before}pk__in": keys})

    def _related(self, node: Call) -> Q:
        first, second, *rest = node.arguments
        is_turned = isinstance(first, Literal)
        rows, before = self._shapes(second if is_turned else first)
        shape = self._geometry(first if is_turned else second)
        holds: Callable[[Any, Any], bool]
        if node.name == "st_relate":
            pattern = rest[0]
            if not isinstance(pattern, Literal) or not _is_pattern(pattern.value):
                raise unfit("a pattern of nine letters of T, F, 0, 1, 2 and *", node.at)
            relate = pattern.value.upper()
            holds = partial(shapely_relate, pattern=relate)
        else:
            holds = geometry.RELATIONS[node.name]
        is_wide = node.name in {"st_disjoint", "st_relate"}
        keys = geometry.found(
            rows,
            (lambda own: holds(shape, own)) if is_turned else (lambda own: holds(own, shape)),
            None if is_wide else geometry.near(shape, 0),
        )
        return self._inside(before, keys)

    def _measured(self, call: Call, operator: str, right: Node) -> Q:
        if not isinstance(right, Literal) or right.kind is not Kind.NUMBER:
            raise unfit(f"{call.name} is compared with a number", right.at)
        compare, number = geometry.COMPARISONS[operator], float(right.value)
        if call.name == "geo.length":
            rows, before = self._shapes(call.arguments[0])
            return self._inside(before, geometry.found(rows, lambda own: compare(own.length, number), None))
        first, second = call.arguments
        if isinstance(first, Literal):
            first, second = second, first
        rows, before = self._shapes(first)
        shape = self._geometry(second)
        box = geometry.near(shape, number) if operator in {"lt", "le", "eq"} else None
        keys = geometry.found(rows, lambda own: compare(own.distance(shape), number), box)
        return self._inside(before, keys)

    # ── values ────────────────────────────────────────────────────────────────────────────────────

    def _worth(self, node: Node) -> Worth:
        """A value. Raises ProblemError STA-105."""
        if isinstance(node, Literal):
            field = FIELDS.get(node.kind)
            if field is None:
                raise unfit(f"{node.kind} is not compared here", node.at)
            return Worth(Value(node.value, output_field=field), node.kind, node)
        if isinstance(node, Path):
            place = place_of(self._kind, node)
            expression: Any = F(place.column)
            for name in place.inner:
                expression = KeyTransform(name, expression)
            return Worth(expression, place.kind)
        if isinstance(node, Binary) and node.operator in ARITHMETIC:
            return Worth(self._sum(node), Kind.NUMBER)
        if isinstance(node, Unary) and node.operator == "-":
            inner = ExpressionWrapper(Value(0.0) - self._number(node.operand), FloatField())
            return Worth(inner, Kind.NUMBER)
        if isinstance(node, Call):
            return self._called(node)
        raise unfit("a value is expected", node.at)

    def _number(self, node: Node) -> Combinable:
        worth = self._worth(node)
        if worth.kind is not Kind.NUMBER:
            raise unfit(f"a number is expected, not {worth.kind}", node.at)
        found: Combinable = Cast(worth.expression, FloatField())
        return found

    def _text(self, node: Node) -> Any:
        worth = self._worth(node)
        if worth.kind is Kind.JSON and isinstance(worth.expression, KeyTransform):
            return _as_text(worth.expression)
        if worth.kind is not Kind.TEXT:
            raise unfit(f"a text is expected, not {worth.kind}", node.at)
        return worth.expression

    def _time(self, node: Node) -> Any:
        worth = self._worth(node)
        if worth.kind is not Kind.TIME:
            raise unfit(f"a time is expected, not {worth.kind}", node.at)
        return worth.expression

    def _sum(self, node: Binary) -> Any:
        left, right = self._number(node.left), self._number(node.right)
        made: Any
        if node.operator == "add":
            made = left + right
        elif node.operator == "sub":
            made = left - right
        elif node.operator == "mul":
            made = left * right
        else:
            divisor = NullIf(right, Value(0.0))
            made = left / divisor if node.operator == "div" else Mod(left, divisor)
        return ExpressionWrapper(made, FloatField())

    def _called(self, node: Call) -> Worth:  # noqa: C901 - one case a function
        name, arguments = node.name, node.arguments
        if name in TEXTS:
            return Worth(TEXTS[name](self._text(arguments[0])), Kind.TEXT)
        if name in NUMBERS:
            return Worth(NUMBERS[name](self._number(arguments[0])), Kind.NUMBER)
        if name in PARTS:
            part = PARTS[name](self._time(arguments[0]), tzinfo=UTC)
            return Worth(Cast(part, FloatField()), Kind.NUMBER)
        if name == "date":
            return Worth(TruncDate(self._time(arguments[0]), tzinfo=UTC), Kind.DATE)
        if name == "time":
            return Worth(TruncTime(self._time(arguments[0]), tzinfo=UTC), Kind.CLOCK)
        if name == "totaloffsetminutes":
            self._time(arguments[0])
            return Worth(Value(0.0, output_field=FloatField()), Kind.NUMBER)
        if name == "length":
            return Worth(Cast(Length(self._text(arguments[0])), FloatField()), Kind.NUMBER)
        if name == "indexof":
            place = StrIndex(self._text(arguments[0]), self._text(arguments[1])) - Value(1)
            return Worth(Cast(ExpressionWrapper(place, IntegerField()), FloatField()), Kind.NUMBER)
        if name == "concat":
            one, other = (Cast(self._text(part), CharField()) for part in arguments)
            return Worth(Concat(one, other, output_field=CharField()), Kind.TEXT)
        if name == "substring":
            return Worth(self._substring(node), Kind.TEXT)
        raise unfit(f"{name} is not compared here", node.at)

    def _substring(self, node: Call) -> Any:
        places = []
        for one in node.arguments[1:]:
            is_place = isinstance(one, Literal) and isinstance(one.value, int) and 0 <= one.value < 1_000_000
            if not is_place or not isinstance(one, Literal):
                raise unfit("substring takes whole numbers from 0", one.at)
            places.append(int(one.value))
        return Substr(self._text(node.arguments[0]), places[0] + 1, *places[1:])

    # ── order ─────────────────────────────────────────────────────────────────────────────────────

    def order(self, path: Path) -> Any:
        """What rows are put in order by. Raises ProblemError STA-105."""
        place = place_of(self._kind, path)
        if place.kind is Kind.GEO or (place.kind is Kind.JSON and not place.inner):
            raise unfit(f"nothing is put in order by {path}", path.at)
        owner, many = self._kind, False
        for part in path.parts:
            relation = owner.relation(part)
            if relation is None:
                break
            many |= relation.is_many
            owner = TYPES[relation.target]
        if many:
            raise unfit(f"{path} has more than one value", path.at)
        expression: Any = F(place.column)
        for name in place.inner:
            expression = KeyTransform(name, expression)
        return _as_text(expression) if place.inner else expression


def _as_text(expression: KeyTransform) -> Any:
    """A value within JSON as text."""
    inner = expression.get_source_expressions()[0]
    return KeyTextTransform(expression.key_name, inner)


def _is_pattern(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 9 and set(value.upper()) <= set("TF012*")


def shapely_relate(one: Any, other: Any, pattern: str) -> bool:
    """Whether two geometries stand to each other as a DE-9IM pattern says."""
    import shapely

    return bool(shapely.relate_pattern(one, other, pattern))
