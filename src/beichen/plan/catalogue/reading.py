"""From the database to what is compared: the statements of a plan, in five queries."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from beichen.kernel.org.models import Body, Region
from beichen.plan.catalogue.checking import plain_body
from beichen.plan.catalogue.statements import Covers, Organ, Quantity, Statements, Work
from beichen.plan.models import Fact, NamedBody, Node, Plan, PlanIndicator, Project, Target
from beichen.plan.service import name_of, source_text

_WHOLE = re.compile(r"\A(?:全[市县区域]|我[市县区]|本[市县区]|经济)\Z")
_CITY_WORDS = re.compile(r"\A(?:全市|我市|市域)")
_LEAD = re.compile(
    r"由?([\u4e00-\u9fff]{2,16}?(?:局|委|办|政府|委员会|管委会|公司|集团|中心|院))(?:牵头|负责)"
)
_CUT = re.compile(r"\A.*(?:由|，|、|；)")
_SENTENCE_END = re.compile("[。；！？]")
_WORK_NOISE = re.compile(r"[\W_]+|(?:建设)?(?:项目|工程)\Z")
_LONGEST_QUOTE = 300
_AROUND = 12


def plain_work(name: str) -> str:
    """A project's name without punctuation and without 项目 or 工程 at its end."""
    return _WORK_NOISE.sub("", _WORK_NOISE.sub("", name))


def sentence_ends(text: str) -> list[int]:
    """Where the sentences of a text end, in order."""
    return [match.end() for match in _SENTENCE_END.finditer(text)]


def lead_in(text: str, ends: list[int], start: int, end: int) -> str:
    """The body that the sentence around a span names as responsible; ``ends`` are those of the text."""
    before, after = bisect_right(ends, start), bisect_left(ends, end)
    first = ends[before - 1] if before else 0
    last = ends[after] if after < len(ends) else end
    match = _LEAD.search(re.sub(r"\s+", "", text[first:last]))
    return plain_body(_CUT.sub("", match.group(1))) if match else ""


class _Reader:
    """Reads one plan; knows the regions' names."""

    def __init__(self, plan: Plan, outline: Plan, regions: Iterable[str]) -> None:
        self.plan, self.text = plan, source_text(plan)
        self.ends = sentence_ends(self.text)
        self.region = plan.region.name if plan.region else ""
        self.city = outline.region.name if outline.region else ""
        self.others = sorted((name for name in regions if name != self.region), key=len, reverse=True)

    def whose(self, subject: str, metric: str) -> tuple[str, str]:
        """The region that it is of (empty: the plan's own), and the metric, with a subject that is a name."""
        for words in (metric, subject):
            if self.region != self.city and _CITY_WORDS.match(words) and not self.region.endswith("市"):
                return self.city, metric
            for name in self.others:
                if words.startswith(name):
                    return name, metric.removeprefix(name)
            if self.region and words.startswith(self.region):
                return "", metric.removeprefix(self.region)
        if not subject or _WHOLE.match(subject) or subject in metric:
            return "", metric
        return "", f"{subject}{metric}"

    def quote(self, row: Fact) -> str:
        """The words of the text that a fact was read from."""
        return re.sub(r"\s+", "", self.text[row.start : row.end])[:_LONGEST_QUOTE]

    def of_indicator(self, row: PlanIndicator) -> Iterator[Quantity]:
        """An indicator, or each of its lines."""
        own = {"name": row.name, "unit": row.unit, "target_value": row.target_value}
        for line in row.parts or [own | {"comparator": row.comparator}]:
            of, metric = self.whose("", line["name"])
            yield Quantity(
                kind="indicators",
                key=row.key,
                label=line["name"],
                name=name_of(metric),
                of=of,
                comparator=line["comparator"] or "=",
                value=line["target_value"],
                upper=None,
                unit=line["unit"],
                period=row.period,
                year=row.target_year or self.plan.end_year,
                is_binding=row.attribute == "binding",
                location=row.location,
                quote=row.raw or self.quote(row),
                number=row.number,
            )

    def of_target(self, row: Target) -> Quantity:
        """A target of the prose."""
        of, metric = self.whose(row.subject, row.metric)
        return Quantity(
            kind="targets",
            key=row.key,
            label=metric,
            name=name_of(metric),
            of=of,
            comparator=row.comparator,
            value=row.value,
            upper=row.upper,
            unit=row.unit,
            period=row.period,
            year=row.target_year,
            is_binding=False,
            location=row.location,
            quote=row.quote or self.quote(row),
            lead=lead_in(self.text, self.ends, row.start, row.end),
        )

    def of_work(self, row: Project, within: str) -> Work:
        """A project of a box that stands under the heading ``within``."""
        described = f"{row.name}{row.description}"
        lead = lead_in(self.text, self.ends, row.start, row.end)
        return Work(
            row.key, row.name, plain_work(row.name), described, row.location, within, self.quote(row), lead
        )

    def of_body(self, row: NamedBody) -> Organ:
        """A body, with the words around its first mention."""
        around = self.text[max(0, row.start - _AROUND) : row.end + _AROUND]
        return Organ(row.key, row.name, row.kind, row.location, re.sub(r"\s+", "", around))


def statements_of(plan: Plan, outline: Plan | None = None) -> Statements:
    """What a plan states, beside the outline that it stands under (itself by default)."""
    above = outline or plan
    regions = (
        []
        if above.region is None
        else list(Region.objects.filter(parent=above.region, is_current=True).values_list("name", flat=True))
    )
    reader = _Reader(plan, above, regions)
    boxes = dict(Node.objects.filter(plan=plan, level="box").values_list("location", "parent"))
    indicators = PlanIndicator.objects.filter(plan=plan).order_by("position")
    quantities = [item for row in indicators for item in reader.of_indicator(row)]
    quantities += [reader.of_target(row) for row in Target.objects.filter(plan=plan).order_by("position")]
    projects = Project.objects.filter(plan=plan).order_by("position")
    bodies = NamedBody.objects.filter(plan=plan).order_by("position").defer("mentions", "imported")
    return Statements(
        key=plan.key,
        kind=plan.kind,
        region=reader.region,
        end_year=plan.end_year,
        quantities=tuple(quantities),
        works=tuple(reader.of_work(row, boxes.get(row.location, row.location)) for row in projects),
        organs=tuple(reader.of_body(row) for row in bodies),
    )


def known_bodies(city: str) -> frozenset[str]:
    """The plain names of the bodies that the city has on record."""
    names = Body.objects.filter(is_current=True).values_list("name", flat=True)
    return frozenset(plain_body(name, city) for name in names)


def covers_of(text: str) -> Covers:
    """What an entry's words say that it covers: ``7, 9.2, #19`` are headings and an indicator."""
    words = re.split(r"[\s,，、；;]+", text.strip())
    numbers = frozenset(int(word[1:]) for word in words if re.fullmatch(r"#\d{1,4}", word))
    return Covers(tuple(word for word in words if word and not word.startswith("#")), numbers)
