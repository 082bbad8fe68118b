"""The documents of GeoReport v2 as types: what the code builds, and what its OpenAPI description says.

Every member is always there; one without a value is null or empty. Times are W3C date and time with offset,
places are WGS 84 degrees.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

Status = Literal["open", "closed"]
MOST_FILES = 5


class Endpoint(TypedDict):
    """Where the interface is."""

    specification: str
    url: str
    changeset: str
    type: str
    formats: list[str]


class Discovery(TypedDict):
    """Whose interface it is."""

    changeset: str
    contact: str
    key_service: str
    jurisdiction_id: str
    endpoints: list[Endpoint]


class Service(TypedDict):
    """A kind of event that citizens may report."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


class Value(TypedDict):
    """An answer to choose."""

    key: str
    name: str


class Attribute(TypedDict):
    """A question of a service."""

    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str
    order: int
    description: str
    values: list[Value]


class ServiceDefinition(TypedDict):
    """The questions of a service."""

    service_code: str
    attributes: list[Attribute]


class ServiceRequest(TypedDict):
    """A report with the state of its case; what its sender wrote and was answered is empty for others."""

    service_request_id: str
    status: Status
    status_notes: str
    service_name: str
    service_code: str
    description: str
    agency_responsible: str
    service_notice: str
    requested_datetime: str | None
    updated_datetime: str | None
    expected_datetime: str | None
    address: str
    address_id: str
    zipcode: str
    lat: float | None
    long: float | None
    media_url: str


class Taken(TypedDict):
    """A report that was taken in; ``follow_code`` is the secret with which it is followed at ``/follow``."""

    service_request_id: str
    service_notice: str
    account_id: str
    follow_code: str


class Token(TypedDict):
    """The report of a token, which is its own code here."""

    service_request_id: str
    token: str


class Wrong(TypedDict):
    """What is wrong; ``description`` ends with the code of the problem."""

    code: int
    description: str


class Sending(TypedDict, total=False):
    """The form of a report; beside these, ``attribute[CODE]`` answers a question of the service."""

    service_code: Annotated[str, Meta(max_length=120)]
    description: Annotated[str, Meta(max_length=4000)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    long: Annotated[float, Meta(ge=-180, le=180)]
    address_string: Annotated[str, Meta(max_length=200)]
    address_id: Annotated[str, Meta(max_length=20)]
    first_name: str
    last_name: str
    phone: str
    email: str
    media_url: Annotated[str, Meta(max_length=500)]
    api_key: str
    jurisdiction_id: str


class Asking(TypedDict, total=False):
    """What a list of reports is asked for."""

    service_request_id: str
    service_code: str
    start_date: str
    end_date: str
    status: str
    api_key: str


NEEDED = ("service_code", "description")
"""What every report has."""
