"""The pages of the ledger and of certificates, each for whoever may."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override

from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.org.models import Body, Person
from beichen.platforms.ledger import codes, service
from beichen.platforms.ledger.certificates.paper import pdf
from beichen.platforms.ledger.certificates.words import stated_issuer
from beichen.platforms.ledger.commands import ledger
from beichen.platforms.ledger.models import Certificate, Entry, Witness
from beichen.platforms.ledger.tests import offices
from beichen.platforms.ledger.tests.ground import BY, seal_many
from beichen_proof.note import COSIGNATURE, Signer

pytestmark = pytest.mark.django_db
KEY = str(Signer.make("w.example", COSIGNATURE).verifier)


@pytest.fixture(autouse=True)
def built() -> None:
    offices.build()
    forget_rates()


def client_of(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.get(person=person))
    client.cookies["beichen_language"] = "en"
    return client


def words(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_ledger_is_shown_to_everybody_without_what_was_sealed() -> None:
    seal_many(3)
    answer = Client().get("/ledger")
    assert answer.status_code == 200
    assert "localhost:8000/tlog" in words(answer)
    assert "T-1" not in words(answer)
    assert "WitnessForm" not in words(answer)
    officer = client_of(offices.person("o", "officer"))
    assert "T-1" in words(officer.get("/ledger"))


def test_an_empty_ledger_says_so() -> None:
    assert "Nothing was sealed yet." in words(client_of(offices.person("o", "officer")).get("/ledger"))


def test_entries_are_listed_searched_exported_and_proved() -> None:
    seal_many(3)
    client = client_of(offices.person("o", "officer"))
    assert "T-2" in words(client.get("/ledger/entries?q=T-2&kind=test.thing&sort=-at"))
    exported = b"".join(client.get("/ledger/entries?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert b"T-0" in exported
    row = Entry.objects.get(reference="T-2")
    assert "Download the proof" in words(client.get(f"/ledger/entries/{row.pk}"))
    bundle = client.get(f"/ledger/entries/{row.pk}/bundle")
    assert bundle.json()["opening"]["reference"] == "T-2"
    assert "attachment" in bundle["Content-Disposition"]
    assert client.get("/ledger/entries/999999999999999999999").status_code == 404
    assert Client().get("/ledger/entries").status_code == 403


def test_witnesses_are_entered_and_retired_on_the_page() -> None:
    seal_many(1)
    client = client_of(offices.person("o", "operator"))
    wrong = client.post("/ledger/witnesses", {"key": "x", "title": "W"})
    assert wrong.status_code == 422
    assert "no verifier key" in words(wrong)
    assert client.post("/ledger/witnesses", {}).status_code == 422
    assert client.post("/ledger/witnesses", {"key": KEY, "title": "Audit office"}).status_code == 302
    row = Witness.objects.get()
    page = words(client.get("/ledger"))
    assert "Audit office" in page
    assert "1 entry behind" in page
    Witness.objects.update(contradicts=True)
    assert "is not the one that it saw before" in words(client.get("/ledger"))
    assert client.post(f"/ledger/witnesses/{row.pk}/retire").status_code == 302
    assert client.post(f"/ledger/witnesses/{row.pk}/retire").status_code == 404
    assert client_of(offices.person("p", "officer")).post("/ledger/witnesses", {}).status_code == 403


def test_an_officer_issues_and_revokes() -> None:
    holder = offices.person("zhang")
    client = client_of(offices.person("o", "certifier"))
    assert "Residence permit" in words(client.get("/certificates"))
    address = f"/certificates/issue/{offices.ISSUED}"
    assert client.get(address).status_code == 200
    wrong = client.post(address, {**offices.GIVEN, "born": "x", "holder": ""})
    assert wrong.status_code == 422
    assert "nobody has this code" in words(client.post(address, {**offices.GIVEN, "holder": "NOBODY"}))
    assert client.post(address, {**offices.GIVEN, "holder": holder.code}).status_code == 302
    row = Certificate.objects.get()
    assert row.holder == holder
    card = words(client.get(f"/certificates/{row.code}"))
    assert "张三" in card
    assert "<svg" in card
    assert "张三" not in words(client.get(f"/certificates/{row.code}?choose=1&show=born"))
    for form, status in (
        ({}, 422),
        ({"step": "resume", "reason": "x"}, 422),
        ({"step": "suspend", "reason": "lost"}, 302),
    ):
        assert client.post(f"/certificates/{row.code}/state", form).status_code == status
    assert "lost" in words(client.get(f"/certificates/{row.code}"))
    assert row.code in words(client.get("/certificates?state=suspended"))
    assert client.get("/certificates/NOTHING").status_code == 404
    assert client.get("/certificates/issue/nothing").status_code == 404


def test_a_person_sees_their_own_and_nobody_elses() -> None:
    holder = offices.person("zhang")
    row = offices.issued(holder)
    own = client_of(holder)
    assert row.code in words(own.get("/my/certificates"))
    assert "张三" in words(own.get(f"/certificates/{row.code}"))
    assert own.get(f"/certificates/{row.code}/pdf").content.startswith(b"%PDF-")
    text = words(own.get(f"/certificates/{row.code}/text?choose=1"))
    assert service.check(text).is_sound
    assert own.post(f"/certificates/{row.code}/state", {"step": "revoke", "reason": "x"}).status_code == 403
    other = client_of(offices.person("li"))
    assert row.code not in words(other.get("/my/certificates"))
    for place in ("", "/pdf", "/text"):
        assert other.get(f"/certificates/{row.code}{place}").status_code == 403
        assert Client().get(f"/certificates/{row.code}{place}").status_code == 403
    assert Client().get("/my/certificates").status_code == 302
    assert own.get("/certificates/mine").headers["Location"] == "/my/certificates"
    assert Client().get("/certificates").status_code == 403


def test_an_issuer_is_named_in_the_readers_language() -> None:
    holder = offices.person("zhang")
    row = offices.issued(holder)
    Body.objects.filter(pk=row.issuer_id).update(name_en="Public Security Bureau")
    own, english = client_of(holder), {"Accept-Language": "en"}
    for path in ("/my/certificates", f"/certificates/{row.code}"):
        assert "Public Security Bureau" in own.get(path, headers=english).content.decode()


def test_who_checks_reads_the_issuer_in_their_language_too() -> None:
    """By the name of the very body; a name that two have stays as it is."""
    row = offices.issued()
    Body.objects.filter(pk=row.issuer_id).update(name_en="Public Security Bureau")
    Body.objects.exclude(pk=row.issuer_id).update(name="公安局", name_en="Another")
    client = Client(headers={"accept-language": "en"})
    client.cookies["beichen_language"] = "en"
    assert "Public Security Bureau" in words(client.post("/verify", {"text": row.text}))
    with override("en"):
        assert [stated_issuer(one) for one in ("公安局", "水务局", 7)] == ["公安局", "水务局", ""]
    assert "公安局" in Client().post("/verify", {"text": row.text}).content.decode()


def test_anybody_checks_a_certificate() -> None:
    row = offices.issued()
    client = Client(headers={"accept-language": "en"})
    client.cookies["beichen_language"] = "en"
    assert client.get("/verify").status_code == 200
    assert client.post("/verify", {}).status_code == 422
    good = words(client.post("/verify", {"text": f" {row.text}\n"}))
    assert "May be believed" in good
    assert "张三" in good
    file = SimpleUploadedFile("a.pdf", pdf(row, {"born"}))
    brought = words(client.post("/verify", {"file": file}))
    assert "1990-02-03" in brought
    assert "张三" not in brought
    nothing = client.post("/verify", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")})
    assert (nothing.status_code, "the file holds no certificate" in words(nothing)) == (422, True)
    service.change_state(row.code, "revoke", "x", by=BY)
    assert "Revoked: it counts no more." in words(client.post("/verify", {"text": row.text}))
    assert "This is no certificate." in words(client.post("/verify", {"text": "<script>"}))


def test_what_programs_ask_for() -> None:
    row = offices.issued()
    client = Client(headers={"accept": "application/json"})
    assert client.get("/.well-known/jwt-vc-issuer").json()["issuer"] == "http://localhost:8000"
    status = client.get(f"/certificates/status/{row.status_list.number}")
    assert (status.status_code, status["Content-Type"]) == (200, "application/statuslist+jwt")
    assert client.get("/certificates/status/99").json()["code"] == codes.NO_LIST
    kind = client.get(f"/certificates/kinds/{offices.ISSUED}").json()
    assert kind["vct"] == f"http://localhost:8000/certificates/kinds/{offices.ISSUED}"
    assert [claim["sd"] for claim in kind["claims"]] == ["allowed", "allowed", "allowed", "never"]
    assert client.get("/certificates/kinds/nothing").json()["code"] == codes.NO_CERTIFICATE_KIND


def test_commands() -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(ledger, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    assert "–" in run("status")
    seal_many(2)
    assert '"published": 2' in run("status", "--json")
    assert "w.example is a witness" in run("witness", KEY, "Audit office", "--url", "http://127.0.0.1:9")
    assert "Audit" in run("status") or "w.example" in run("status")
    assert run("policy").startswith("log localhost:8000/tlog+")
    assert "0 entries" in run("integrate")
    assert "the root is the signed one" in run("rebuild")
    assert "signs from now on" in run("rotate-key")
