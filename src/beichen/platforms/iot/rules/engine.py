"""Rules at work: a micro-batch of readings in, what turned out. Vectorised; nothing here knows a database.

The readings of a measure become one frame with a row for each: the thing's fields, its latest values and
the windows as of that reading. All conditions on the measure are one select over the frame. Only where a
condition holds, or held before, a rule's standing with the thing is looked at, reading by reading.
Long because readings, conditions and the clock turn the same standings.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from beichen.kernel.scene.expressions import condition
from beichen.platforms.iot.fleet import NEVER
from beichen.platforms.iot.rules.conditions import compiled
from beichen.platforms.iot.rules.declaration import NUMBER, Declared
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.standing import Standing, Step, Turn, advance, turning
from beichen.platforms.iot.rules.things import Thing, Things

if TYPE_CHECKING:
    import polars as pl

WINDOW = "window "  # begins the name of a window's column
logger = logging.getLogger(__name__)


class Sample(NamedTuple):
    """A reading as rules take it: of which object's row, which measure, when (microseconds), its value.

    ``heard`` is when it came by the house's clock; where nobody knows, when it was measured.
    """

    object: int
    measure: str
    at: int
    value: float | bool | str
    heard: int = NEVER
    is_demo: bool = False


class Run(NamedTuple):
    """Readings of one measure of one object, each newer than the one before; the first came at ``heard``, the
    last at ``last``."""

    object: int
    measure: str
    at: list[int]
    values: list[float | bool]
    heard: int = NEVER
    is_demo: bool = False
    last: int = NEVER


class Turned(NamedTuple):
    """A rule turned at a thing, with the values that explain it."""

    rule: Watched
    thing: Thing
    step: Step
    values: dict[str, Any]
    is_demo: bool = False  # whether the readings were made up


@dataclass(slots=True)
class Watched:
    """A rule that is on, with its conditions compiled, and where it stands with things (by their object).

    ``by_clock``: nobody says how often the measure comes, so that its last value holds until another one.
    ``kept`` are the things of which the database has a row.
    """

    id: int
    declared: Declared
    version: int
    level: int
    kinds: Mapping[str, str]
    by_clock: bool = False
    standings: dict[int, Standing] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    when: pl.Expr | None = None
    clear: pl.Expr | None = None
    columns: dict[str, str] = field(default_factory=dict)  # of the names that its conditions use
    _mask: Any = None

    def __post_init__(self) -> None:
        """Compile the conditions. Raises ProblemError for one that cannot be."""
        rule = self.declared
        windows = {window.name: window.column for window in rule.windows}
        self.kinds = {**self.kinds, **dict.fromkeys(windows, NUMBER)}
        self.columns = {rule.measure: rule.measure}
        if rule.when:
            when = compiled(rule.when, self.kinds, windows)
            self.when = when.fill_null(False)
            self.clear = (compiled(rule.clear, self.kinds, windows) if rule.clear else ~when).fill_null(False)
            named = condition(rule.when).names | (condition(rule.clear).names if rule.clear else set())
            self.columns |= {name: windows.get(name, name) for name in sorted(named)}

    def mark(self, thing: Thing, standing: Standing) -> None:
        """Remember where it stands; what stands nowhere takes no room."""
        if standing.since is None:
            self.standings.pop(thing.object, None)
        else:
            self.standings[thing.object] = standing
        if self._mask is None or len(self._mask) <= thing.place:
            grown = np.zeros(max(1_024, thing.place * 2), np.bool_)
            if self._mask is not None:
                grown[: len(self._mask)] = self._mask
            self._mask = grown
        self._mask[thing.place] = standing.since is not None

    def among(self, places: Any) -> Any:
        """Which of things (by their places) it stands somewhere with; None for none at all."""
        if not self.standings:
            return None
        if len(self._mask) <= int(places.max()):
            self._mask = np.concatenate([self._mask, np.zeros(int(places.max()) + 1, np.bool_)])
        return self._mask[places]


@dataclass(slots=True)
class _Group:
    """The rules on one measure of a type, the rows of the batch, and the columns that the rules use."""

    rules: list[Watched]
    silences: list[Watched]
    columns: dict[str, str] = field(default_factory=dict)  # what kind of values each holds
    things: list[Thing] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    made_up: list[bool] = field(default_factory=list)
    cells: dict[str, list[Any]] = field(default_factory=dict)


class _Rows(NamedTuple):
    """The batch's rows as arrays: the thing's place and the time of each, and their order by thing."""

    places: Any
    times: Any
    order: Any


class Engine:
    """Rules over things. What it returns is kept before it is called again, or it is made anew."""

    def __init__(self, rules: Sequence[Watched], things: Things, past: Past, started: int = NEVER) -> None:
        self.rules = list(rules)
        self.things = things
        self.past = past
        self.failed: list[tuple[Watched, str]] = []
        self.changed: dict[tuple[int, int], tuple[Watched, Thing, Standing]] = {}
        self._started = started
        self._groups: dict[tuple[str, str], _Group] = {}
        self._last: dict[tuple[str, str], Any] = {}
        self._arrange()

    def _arrange(self) -> None:
        self._groups = {}
        for rule in self.rules:
            key = (rule.declared.kind, rule.declared.measure)
            group = self._groups.setdefault(key, _Group([], []))
            (group.rules if rule.when is not None else group.silences).append(rule)
            group.columns |= {column: rule.kinds[name] for name, column in rule.columns.items()}
        for (kind, measure), group in self._groups.items():
            if group.silences:
                self._last[(kind, measure)] = np.full(1_024, NEVER, np.int64)
                for thing in self.things.of_kind.get(kind, ()):
                    self._heard(kind, measure, thing, thing.heard.get(measure, NEVER))

    def _heard(self, kind: str, measure: str, thing: Thing, at: int) -> None:
        known = self._last.get((kind, measure))
        if known is None:
            return
        if len(known) <= thing.place:
            grown = np.full(thing.place * 2, NEVER, np.int64)
            grown[: len(known)] = known
            self._last[(kind, measure)] = known = grown
        known[thing.place] = max(at, int(known[thing.place]))

    def apart(self, moving: Set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Of types' measures those whose readings cannot be taken by the run, where all of ``moving`` come in
        one batch: windows count them, or one condition looks at two of them."""
        found = {key for key in moving if self.past.counts(*key)}
        for (kind, measure), group in self._groups.items():
            if (kind, measure) not in moving:
                continue
            others = {(kind, name) for name in group.columns if name != measure} & moving
            if others or any(name.startswith(WINDOW) for name in group.columns):
                found |= {(kind, measure), *others}
        return found

    def take(self, samples: Iterable[Sample], runs: Iterable[Run] = ()) -> list[Turned]:
        """Look at readings in the order in which they came; their things were learned before.

        A run is of another measure of the thing than any sample, and of none that is :meth:`apart`.
        """
        for group in self._groups.values():
            group.things, group.times, group.made_up = [], [], []
            group.cells = {name: [] for name in group.columns}
        turned: list[Turned] = []
        for sample in samples:
            thing = self.things.get(sample.object)
            if thing is not None:
                self._place(thing, sample, turned)
        for run in runs:
            thing = self.things.get(run.object)
            if thing is not None:
                self._place_run(thing, run, turned)
        for group in self._groups.values():
            if group.things and group.rules:
                turned += self._evaluate(group)
        return turned

    def _place(self, thing: Thing, sample: Sample, turned: list[Turned]) -> None:
        """Put a reading into windows and frames. One that is older than another of its measure moves no
        condition: it counts in windows, and it ends silence, which is by the house's clock."""
        measure, is_demo = sample.measure, sample.is_demo
        thing.is_demo = is_demo
        self.past.add(thing, measure, sample.at, sample.value, is_demo=is_demo)
        group = self._groups.get((thing.kind, measure))
        if group is not None and group.silences:
            self._end_silences(group, thing, sample, turned)
        if sample.at < thing.at.get(measure, NEVER):
            return
        thing.values[measure], thing.at[measure] = sample.value, sample.at
        if group is None or not group.rules:
            return
        group.things.append(thing)
        group.times.append(sample.at)
        group.made_up.append(is_demo)
        for name, cells in group.cells.items():
            if name.startswith(WINDOW):
                cells.append(self.past.value(name, thing, sample.at, is_demo=is_demo))
            else:
                cells.append(thing.values.get(name))

    def _place_run(self, thing: Thing, run: Run, turned: list[Turned]) -> None:
        """Put a run into frames: as its readings one by one, of which none is older than another."""
        group, thing.is_demo = self._groups.get((thing.kind, run.measure)), run.is_demo
        if group is not None and group.silences:
            came = run.at[-1] if run.heard == NEVER else run.heard
            begun = Sample(run.object, run.measure, run.at[0], run.values[0], came, run.is_demo)
            self._end_silences(group, thing, begun, turned)
            self._heard(thing.kind, run.measure, thing, max(came, run.last))
        measure, first = run.measure, bisect_left(run.at, thing.at.get(run.measure, NEVER))
        at, values = run.at[first:], run.values[first:]
        if not at:
            return
        thing.values[measure], thing.at[measure] = values[-1], at[-1]
        if group is None or not group.rules:
            return
        group.things += [thing] * len(at)
        group.times += at
        group.made_up += [run.is_demo] * len(at)
        for name, cells in group.cells.items():
            cells += values if name == measure else [thing.values.get(name)] * len(at)

    def _end_silences(self, group: _Group, thing: Thing, sample: Sample, turned: list[Turned]) -> None:
        came = sample.at if sample.heard == NEVER else sample.heard
        self._heard(thing.kind, sample.measure, thing, came)
        for rule in group.silences:
            standing = rule.standings.get(thing.object)
            if standing is not None and standing.since is not None:
                step = Step(Turn.CLEARED, came, standing.since)
                standing.since, standing.raised, standing.at = None, None, came
                self._note(rule, thing, standing)
                turned.append(Turned(rule, thing, step, {sample.measure: sample.value}, sample.is_demo))

    def _note(self, rule: Watched, thing: Thing, standing: Standing) -> None:
        rule.mark(thing, standing)
        self.changed[(rule.id, thing.object)] = (rule, thing, standing)

    def _frame(self, group: _Group) -> pl.DataFrame:
        import polars as pl

        kinds = {"number": pl.Float64, "boolean": pl.Boolean, "text": pl.String}
        return pl.DataFrame(
            [
                pl.Series(name, cells, kinds[group.columns[name]], strict=False)
                for name, cells in group.cells.items()
            ]
        )

    def _evaluate(self, group: _Group) -> list[Turned]:
        frame = self._frame(group)
        places = np.fromiter((thing.place for thing in group.things), np.int64, len(group.things))
        holding = self._select(frame, group.rules, "when")
        group.rules = [rule for rule in group.rules if rule.id in holding]
        standing = [rule for rule in group.rules if rule.standings or holding[rule.id].any()]
        if not standing:
            return []
        clearing = self._select(frame, standing, "clear")
        turned: list[Turned] = []
        rows = _Rows(places, np.array(group.times, np.int64), np.argsort(places, kind="stable"))
        for rule in standing:
            if rule.id in clearing:
                turned += self._step(group, rule, rows, holding[rule.id], clearing[rule.id])
        return turned

    def _select(self, frame: pl.DataFrame, rules: Sequence[Watched], part: str) -> dict[int, Any]:
        """Where each rule's condition holds. One that cannot be evaluated is left out and told, it alone."""
        import polars as pl

        def expression(rule: Watched) -> pl.Expr:
            found = rule.when if part == "when" else rule.clear
            if found is None:
                raise ValueError("a rule without a condition")
            return found

        size = frame.height
        try:
            columns = frame.select([expression(rule).alias(str(rule.id)) for rule in rules])
            return {rule.id: _truth(columns[str(rule.id)], size) for rule in rules}
        except (pl.exceptions.PolarsError, ValueError, TypeError) as error:
            logger.warning("rules are evaluated one by one: %s", error)
        found: dict[int, Any] = {}
        for rule in rules:
            try:
                found[rule.id] = _truth(frame.select(expression(rule).alias("x"))["x"], size)
            except (pl.exceptions.PolarsError, ValueError, TypeError) as error:
                self.failed.append((rule, f"{type(error).__name__}: {error}"[:300]))
        return found

    def _step(self, group: _Group, rule: Watched, rows: _Rows, holds: Any, clears: Any) -> list[Turned]:
        places, times, order = rows
        # Rows of things where it held before or does in some row; of those the ones that turn something.
        held = np.zeros(int(places.max()) + 1, np.bool_)
        held[places[holds]] = True
        looked_at = held[places]
        pending: dict[int, int] = {}
        if (before := rule.among(places)) is not None:
            looked_at |= before
            found, firsts = np.unique(places[before], return_index=True)
            for place, row in zip(found.tolist(), np.flatnonzero(before)[firsts].tolist(), strict=True):
                known = rule.standings[group.things[row].object]
                if known.since is not None:
                    pending[place] = known.since
        by_thing, lasts = order[looked_at[order]], rule.declared.lasts
        arrays = (one[by_thing] for one in (places, times, holds, clears))
        chosen = turning(*arrays, lasts=lasts, pending=pending)
        turned: list[Turned] = []
        for row in np.sort(by_thing[chosen]).tolist():
            thing, at = group.things[row], group.times[row]
            standing = rule.standings.get(thing.object) or Standing(None, at)
            was = (standing.since, standing.raised)
            steps = advance(
                standing,
                at,
                holds=bool(holds[row]),
                clears=bool(clears[row]),
                lasts=lasts,
                by_clock=rule.by_clock,
            )
            if was == (standing.since, standing.raised):
                continue
            values = {name: group.cells[column][row] for name, column in rule.columns.items()}
            if standing.since is not None:
                standing.values = values
            self._note(rule, thing, standing)
            turned += [Turned(rule, thing, step, values, group.made_up[row]) for step in steps]
        return turned

    def tick(self, now: int) -> list[Turned]:
        """Look at the clock: who has been silent for too long, and what has held for its time unheard."""
        turned: list[Turned] = []
        for (kind, measure), group in self._groups.items():
            for rule in group.silences:
                turned += self._silence(kind, measure, rule, now)
            for rule in group.rules:
                if rule.by_clock and rule.declared.lasts and rule.standings:
                    turned += self._outlast(rule, now)
        return turned

    def _silence(self, kind: str, measure: str, rule: Watched, now: int) -> list[Turned]:
        """A thing of which the measure never came is not silent; nor was it while nobody listened."""
        last = self._last[(kind, measure)]
        is_due = (last != NEVER) & (np.maximum(last, self._started) <= now - rule.declared.silent)
        turned: list[Turned] = []
        things = self.things.of_kind[kind]
        for place in np.flatnonzero(is_due).tolist():
            thing = things[place]
            if thing.object in rule.standings:
                continue
            since = int(last[place])
            values = {measure: thing.values.get(measure)}
            self._note(rule, thing, Standing(since, now, now, values))
            turned.append(Turned(rule, thing, Step(Turn.RAISED, now, since), values, thing.is_demo))
        return turned

    def tick_of(self, key: int, now: int) -> list[Turned]:
        """Look at the clock for one thing: whether it was silent for too long by then."""
        thing = self.things.get(key)
        if thing is None:
            return []
        turned: list[Turned] = []
        for (kind, measure), group in self._groups.items():
            for rule in group.silences if kind == thing.kind else ():
                known = self._last[(kind, measure)]
                last = int(known[thing.place]) if thing.place < len(known) else NEVER
                due = last + rule.declared.silent
                if last != NEVER and due <= now and key not in rule.standings:
                    values = {measure: thing.values.get(measure)}
                    self._note(rule, thing, Standing(last, due, due, values))
                    turned.append(Turned(rule, thing, Step(Turn.RAISED, due, last), values, thing.is_demo))
        return turned

    def _outlast(self, rule: Watched, now: int) -> list[Turned]:
        turned: list[Turned] = []
        for key, standing in list(rule.standings.items()):
            due = now if standing.since is None else standing.since + rule.declared.lasts
            thing = self.things.get(key)
            if standing.raised is None and standing.since is not None and due <= now and thing is not None:
                standing.raised = standing.at = due
                self._note(rule, thing, standing)
                step = Step(Turn.RAISED, due, standing.since)
                turned.append(Turned(rule, thing, step, standing.values, thing.is_demo))
        return turned


def _truth(column: Any, size: int) -> Any:
    """A column as an array; a condition that names nothing is one value for all rows."""
    found = column.to_numpy()
    return np.full(size, bool(found[0])) if len(found) != size else found
