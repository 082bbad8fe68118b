"""Devices: registered one by one and by file, with credentials that are shown once."""

from __future__ import annotations

import io

import openpyxl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Credential, Device
from beichen.platforms.iot.tests import ground
from beichen.problem import ProblemError

BY = ground.BY
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    ground.town()
    ground.well()


def codes_of(error: pytest.ExceptionInfo[ProblemError]) -> list[tuple[str, str | None]]:
    """The code and field of each problem."""
    return [(one.code, one.where.field) for one in error.value.problems]


def certificate() -> str:
    """A certificate in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "D-1")])
    now = timezone.now()
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_a_device_takes_place_and_owner_from_its_thing() -> None:
    row = ground.device(every=60)
    assert row.region is not None
    assert (row.region.code, row.state) == ("990102", "registered")
    assert '"subject":"D-1"' in OutboxEvent.objects.get(type="iot.device.registered").payload
    assert AuditRecord.objects.filter(action="iot.device.registered").count() == 1


def test_every_mistake_is_told_at_once() -> None:
    channel = service.ChannelFacts("value", "MH-1", "level")
    facts = service.DeviceFacts("a b", thing="no", group="x", region="1", every=-1, channels=(channel,))
    with pytest.raises(ProblemError) as error:
        service.register_device(facts, by=BY)
    assert codes_of(error) == [
        ("IOT-102", "code"),
        ("IOT-102", "every"),
        ("IOT-104", "thing"),
        ("IOT-102", "region"),
        ("IOT-105", "group"),
        ("IOT-104", "channels.0"),
    ]
    assert "level_m" in str(error.value.problems[-1])
    assert not Device.objects.exists()
    ground.device()
    with pytest.raises(ProblemError) as error:
        ground.device()
    assert codes_of(error) == [("IOT-103", "code")]


def test_who_may_register_where() -> None:
    assert service.register_device(service.DeviceFacts("A", thing="MH-1"), by=ground.officer(region="990102"))
    with pytest.raises(ProblemError) as error:
        service.register_device(service.DeviceFacts("B", thing="MH-1"), by=ground.officer(region="990103"))
    assert codes_of(error) == [("IOT-102", "region")]
    with pytest.raises(ProblemError) as error:
        service.register_device(service.DeviceFacts("B", thing="MH-1"), by=ground.officer("officer"))
    assert codes_of(error) == [("ACC-403", None)]
    with pytest.raises(ProblemError) as error:
        service.find_device("A", by=ground.officer(region="990103"))
    assert codes_of(error) == [("IOT-101", "device")]
    with pytest.raises(ProblemError) as error:
        service.set_state("A", service.State.LOST, by=ground.officer(region="990103"))
    assert codes_of(error) == [("IOT-101", "device")]


def test_a_token_is_shown_once_and_works_until_revoked() -> None:
    ground.device()
    token, other = service.issue_token("D-1", by=BY), service.issue_token("D-1", by=BY)
    assert service.admits("D-1", token)
    assert service.admits("D-1", other)
    for code, secret in (("D-1", token[:-1]), ("D-1", ""), ("D-2", token)):
        assert not service.admits(code, secret)
    assert token not in str(list(Credential.objects.values())), "only its digest is kept"
    first = Credential.objects.get(hint=token[-4:])
    service.revoke_credential("D-1", first.pk, by=BY)
    assert not service.admits("D-1", token)
    assert service.admits("D-1", other)
    with pytest.raises(ProblemError) as error:
        service.revoke_credential("D-1", first.pk, by=BY)
    assert codes_of(error) == [("IOT-106", "number")]
    service.set_state("D-1", service.State.LOST, by=BY)
    assert not service.admits("D-1", other), "a lost device is nobody"
    with pytest.raises(ProblemError) as error:
        service.set_state("D-1", service.State.REGISTERED, by=BY)
    assert codes_of(error) == [("IOT-113", None)]


def test_passwords_and_certificates() -> None:
    ground.device()
    with pytest.raises(ProblemError) as error:
        service.set_password("D-1", "short", by=BY)
    assert codes_of(error) == [("IOT-106", "password")]
    service.set_password("D-1", "correct horse battery", by=BY)
    assert service.admits("D-1", "correct horse battery")
    assert service.admits("D-1", "correct horse battery")
    assert not service.admits("D-1", "correct horse battery!")
    with pytest.raises(ProblemError) as error:
        service.add_certificate("D-1", "nonsense", by=BY)
    assert codes_of(error) == [("IOT-106", "certificate")]
    mine, other = certificate(), certificate()
    service.add_certificate("D-1", mine, by=BY)
    assert service.admits("D-1", certificate=mine)
    assert not service.admits("D-1", certificate=other)


def test_a_claim_is_traded_for_a_token_once() -> None:
    ground.device()
    claim = service.issue_claim("D-1", by=BY)
    for code, said in (("D-1", "x"), ("D-2", claim), ("D-1", "")):
        with pytest.raises(ProblemError) as error:
            service.claim_device(code, said, by=BY)
        assert codes_of(error) == [("IOT-107", "claim")]
    assert service.admits("D-1", service.claim_device("D-1", claim, by=BY))
    with pytest.raises(ProblemError):
        service.claim_device("D-1", claim, by=BY)


def test_a_device_is_changed_as_a_whole() -> None:
    ground.device()
    channel = service.ChannelFacts("value", "MH-1", "level_m", factor=0.01)
    changed = service.change_device(
        service.DeviceFacts("D-1", name="新", region="990103", channels=(channel,)), by=BY
    )
    assert changed.region is not None
    assert (changed.name, changed.thing, changed.region.code) == ("新", None, "990103")
    assert changed.channels.get().factor == 0.01


def test_a_file_of_devices_registers_what_fits() -> None:
    book = openpyxl.Workbook()
    rows: list[list[str | int | None]] = [
        ["设备编码", "设备名称", "监测对象", "上报间隔"],
        ["D-1", "一号", "MH-1", 60],
        ["D-2", "二号", "MH-9", 60],
        ["D-3", "三号", "", "often"],
        ["D-1", "again", "", None],
    ]
    for row in rows:
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    result = service.register_sheet(content.getvalue(), "devices.xlsx", by=BY)
    assert [(row, code) for row, code, _token in result.registered] == [(2, "D-1")]
    refused = [(one.code, one.where.row, one.where.field) for one in result.refused]
    assert refused == [("IOT-104", 3, "thing"), ("IOT-102", 4, "every"), ("IOT-103", 5, "code")]
    assert service.admits("D-1", result.registered[0][2])
    again = service.register_sheet("code,name\nD-9,九".encode("gb18030"), "d.csv", by=BY)
    assert again.registered[0][:2] == (2, "D-9")
    for broken in (b"", b"code\n", b"name\nx", b"\xff\xfe\x00"):
        with pytest.raises(ProblemError) as error:
            service.register_sheet(broken, "d.csv", by=BY)
        assert codes_of(error) == [("IOT-108", "file")]
    with pytest.raises(ProblemError) as error:
        service.register_sheet(b"PK", "d.xlsx", by=BY)
    assert codes_of(error) == [("IOT-108", "file")]


def test_groups_have_a_key_and_a_name() -> None:
    service.save_group("batch-1", "一批", by=BY)
    row = ground.device(group="batch-1")
    assert row.group is not None
    with pytest.raises(ProblemError) as error:
        service.save_group("Batch 1", "", by=BY)
    assert codes_of(error) == [("IOT-102", "key")]
