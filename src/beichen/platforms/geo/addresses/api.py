"""`/api/geo/addresses` and `/api/geo/places`: searching, matching, what is at a point, files of addresses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from beichen.kernel.access.service import acting, check_rate, require
from beichen.kernel.actor import Actor
from beichen.platforms.geo.addresses import batch, library, places, reverse
from beichen.platforms.geo.addresses.answers import address_answer, found_place, match_answer, point_answer
from beichen.platforms.geo.addresses.matching import MOST, match_many
from beichen.platforms.geo.addresses.models import AddressSheet, PlaceKind
from beichen.platforms.geo.coordinates import Datum, from_wgs84, to_wgs84
from beichen.platforms.geo.rights import READ
from beichen.problem import code
from beichen.web import programs

NO_TOKEN = code("GEO-131", "Neither a key nor a page's token stands behind the request.", status=403)
router = Router(tags=["geo"])
Text = Annotated[str, Field(max_length=400)]
Word = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
SEARCHES, MATCHES, FILES = "600/minute", "120/minute", "10/minute"
_Longitude = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
_Latitude = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]


class TextsIn(Schema):
    """Up to 1,000 addresses as people write them."""

    addresses: list[Text] = Field(min_length=1, max_length=MOST)
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class CorrectionIn(Schema):
    """Fields that change; the others stay. ``version`` is the one that was seen."""

    text: str | None = Field(default=None, max_length=400)
    name: str | None = Field(default=None, max_length=400)
    name_en: str | None = Field(default=None, max_length=200)
    region: str | None = Field(default=None, max_length=20)
    longitude: float | None = Field(default=None, allow_inf_nan=False)
    latitude: float | None = Field(default=None, allow_inf_nan=False)
    standing: str | None = Field(default=None, max_length=20)
    version: int | None = None
    reason: str = Field(min_length=2, max_length=200)


@router.get("/places", summary="Places by name, pinyin or initials, as one types")
def search_places(
    request: HttpRequest,
    q: Word,
    limit: Annotated[int, Query(ge=1, le=places.MOST)] = 10,
    kind: Literal["", "address", "road", "region", "object", "feature"] = "",
) -> dict[str, Any]:
    """Best first; each says how it fits: name, pinyin, initials, english, part."""
    by = acting(request)
    check_rate("geo.places", _who(by), SEARCHES)
    found = places.search_places(q, by=by, limit=limit, kind=PlaceKind(kind) if kind else "")
    return {"places": [found_place(one) for one in found]}


@router.get("/addresses/search", summary="Addresses whose text holds every word")
def search_addresses(
    request: HttpRequest,
    q: Word,
    after: Annotated[str, Query(max_length=60, pattern=r"^[^\x00]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """By code; pass ``next`` as ``after``."""
    by = acting(request)
    require(by, READ)
    check_rate("geo.places", _who(by), SEARCHES)
    rows = library.searched(library.addresses(by=by), q) if q.split() else library.addresses(by=by).none()
    if after:
        rows = rows.filter(code__gt=after)
    page = list(rows.order_by("code")[: limit + 1])
    following = page[limit - 1].code if len(page) > limit else None
    return {"addresses": [address_answer(row) for row in page[:limit]], "next": following}


@router.post("/addresses/match", summary="Which addresses these texts mean, with scores and reasons")
def match_addresses(request: HttpRequest, told: TextsIn) -> dict[str, Any]:
    """In the order of the texts. Nothing is written. Coordinates are of ``datum``."""
    by = acting(request)
    require(by, READ)
    check_rate("geo.match", _who(by), MATCHES)
    found = [match_answer(one) for one in match_many(told.addresses, by=by)]
    for one in found:
        if one["longitude"] is not None:
            place = from_wgs84(one["longitude"], one["latitude"], Datum(told.datum))
            one["longitude"], one["latitude"] = place
    return {"matches": found}


@router.get("/addresses/reverse", summary="What is at a point: nearest address and road, region")
def reverse_geocode(
    request: HttpRequest,
    longitude: _Longitude,
    latitude: _Latitude,
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84",
) -> dict[str, Any]:
    """Distances in metres; null for what is not near."""
    by = acting(request)
    check_rate("geo.places", _who(by), SEARCHES)
    x, y = to_wgs84(longitude, latitude, Datum(datum))
    return point_answer(reverse.around(x, y, by=by))


@router.post("/addresses/sheets", summary="A file of addresses, matched by a job", response={202: dict})
def begin_sheet(
    request: HttpRequest,
    file: File[UploadedFile],
    column: Annotated[str, Form(max_length=100)] = "",
) -> Status[dict[str, Any]]:
    """CSV or XLSX with headings. Ask for the answer's ``url`` until its state is ``done``."""
    by = writer(request)
    check_rate("geo.sheets", by.key, FILES)
    if (file.size or 0) > batch.MOST_BYTES:
        batch.refuse_size()
    sheet = batch.begin_sheet(file.read(), file.name or "", by=by, column=column)
    return Status(202, _sheet(sheet))


@router.get("/addresses/sheets/{slug:sheet_code}", summary="How far a file of addresses is")
def read_sheet(request: HttpRequest, sheet_code: str) -> dict[str, Any]:
    """Counts of rows; one's own files alone."""
    return _sheet(batch.find_sheet(sheet_code, by=acting(request)))


@router.get("/addresses/sheets/{slug:sheet_code}/rows.csv", summary="The file with what was found")
def read_rows(request: HttpRequest, sheet_code: str, refused: bool = False) -> HttpResponseBase:
    """CSV: the file's own columns, then score, place and address; ``refused`` for those that found none."""
    sheet = batch.find_sheet(sheet_code, by=acting(request))
    lines = batch.lines_of(sheet, only_refused=refused)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{sheet.code}.csv"'
    return answer


@router.get("/addresses/{slug:address_code}", summary="An address of the library, with its history")
def read_address(request: HttpRequest, address_code: str) -> dict[str, Any]:
    """As it is, and what it was before, the latest first."""
    row = library.find_address(address_code, by=acting(request))
    before = [
        {"version": one.version, "until": one.until, "reason": one.reason, "text": one.values["text"]}
        for one in library.versions_of(row)
    ]
    return {**address_answer(row), "versions": before}


@router.patch("/addresses/{slug:address_code}", summary="Correct an address; what it was is kept")
def correct_address(request: HttpRequest, address_code: str, told: CorrectionIn) -> dict[str, Any]:
    """Needs a reason. A correction stays when the address's package is loaded again."""
    by = writer(request)
    values = told.model_dump(exclude_none=True, exclude={"reason", "version"})
    row = library.correct_address(address_code, values, by=by, reason=told.reason, version=told.version)
    return address_answer(row)


def _sheet(sheet: AddressSheet) -> dict[str, Any]:
    return {
        "code": sheet.code,
        "name": sheet.name,
        "state": sheet.state,
        "rows": sheet.total,
        "matched": sheet.matched,
        "refused": sheet.refused,
        "waiting": sheet.total - sheet.matched - sheet.refused,
        "url": f"/api/geo/addresses/sheets/{sheet.code}",
    }


def _who(by: Actor) -> str:
    """Whose rate it is: the public's is each address's own."""
    return f"{by.key} {by.address}" if by.is_public else by.key


def writer(request: HttpRequest) -> Actor:
    """Who writes. A session alone is not enough: another site could send it. Raises GEO-131."""
    return programs.writer(request, NO_TOKEN)
