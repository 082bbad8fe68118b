"""When the sun rises and sets (日出日落), by `astral`; where a group stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from astral import Observer
from astral.sun import noon, sunrise, sunset
from ruamel.yaml import YAML

from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.iot import codes
from beichen.platforms.iot.models import DeviceGroup
from beichen.platforms.iot.timetables.declaration import SUNRISE
from beichen.problem import Problem, ProblemError, Where, said
from beichen.registry.models import Object
from beichen.settings import settings

Place = tuple[float, float]  # longitude, latitude
LOOKED_AT = 20  # things of a group, to find one that has a place
HALF_DAY, DAY = timedelta(hours=12), timedelta(days=1)


def sun_at(which: str, day: date, place: Place, zone: tzinfo) -> datetime | None:
    """When the sun rises or sets on the city's ``day``; None on a day on which it does not.

    It is that rising before, or that setting after, the noon of this day: near the poles it may lie on the
    calendar's next one.
    """
    observer = Observer(latitude=place[1], longitude=place[0])
    midday = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    ask = sunrise if which == SUNRISE else sunset
    for near in (midday.astimezone(UTC).date() + timedelta(days=aside) for aside in (0, -1, 1)):
        try:
            highest, moment = noon(observer, near, UTC), ask(observer, near, tzinfo=UTC)
        except ValueError:
            continue
        if abs(highest - midday) <= HALF_DAY:
            return _beside(moment, highest, which).astimezone(zone)
    return None


def _beside(moment: datetime, highest: datetime, which: str) -> datetime:
    """The same rising or setting on the right side of its noon, where the calendar's day cut them apart."""
    after = moment - highest
    if which == SUNRISE:
        return moment - DAY if after > HALF_DAY / 12 else moment + DAY if -after > HALF_DAY else moment
    return moment + DAY if -after > HALF_DAY / 12 else moment - DAY if after > HALF_DAY else moment


@lru_cache(maxsize=4)
def city_place(city: str) -> Place:
    """The city's centre. Raises ProblemError for a city that is not there, IOT-115 for one without centre."""
    folder = packages.find_package(city, PackageKind.CITY)
    centre = YAML(typ="safe").load(folder / PackageKind.CITY.manifest).get("centre")
    if not centre:
        hint = said("give a thing of the group a place, or the city a centre in city.yaml")
        message = said("nobody knows where the sun is to be looked for")
        raise ProblemError(Problem(codes.BAD_TIMETABLE, message, Where(field="timetable"), hint))
    return (float(centre[0]), float(centre[1]))


def place_of(group: DeviceGroup) -> Place:
    """Where the sun is looked for: at a thing of the group, or in the middle of the city."""
    things = Object.objects.filter(devices__group=group, removed_at=None).order_by("pk")
    for thing in things[:LOOKED_AT]:
        location = thing.parsed().get("location")
        value = location.get("value") if isinstance(location, dict) else None
        if isinstance(value, dict) and value.get("type") == "Point":
            longitude, latitude = value["coordinates"][:2]
            return (float(longitude), float(latitude))
    return city_place(settings().city)
