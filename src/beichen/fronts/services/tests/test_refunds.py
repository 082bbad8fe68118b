"""A fee goes back as its item declares when the affair was withdrawn, refused or annulled: once, and told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.services import service
from beichen.fronts.services.applicant import service as applicant
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.items.models import Payment
from beichen.fronts.services.items.payment import paying, refunding
from beichen.fronts.services.models import Affair
from beichen.fronts.services.subscribers import give_back, tell_payer
from beichen.fronts.services.tests import applicants
from beichen.fronts.services.tests.applicants import applied, citizen
from beichen.fronts.services.tests.till import Till
from beichen.fronts.services.tests.town import SETUP, do, person, words
from beichen.fronts.services.waiting import refunds_waiting
from beichen.kernel.access import service as access
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.event import Event, decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Person
from beichen.platforms.comms.models import Message
from beichen.platforms.comms.tests.stock import load_messages
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
FEE = {"basis": words("规则", "Rule"), "amounts": [{"yuan": 20}]}


@pytest.fixture(autouse=True)
def city(open_till: Till) -> None:
    applicants.build()
    load_messages("appointments", by=SETUP)
    forget_rates()


def declare(**refund: str) -> None:
    """An item with a fee, and when it goes back; nothing for what the house does of itself."""
    fee = {**FEE, "refund": refund} if refund else FEE
    item = {**applicants.ITEM, "fee": fee, "good": ["granted"]}
    declare_items({"permit-item": item}, {}, {}, scene="permits", by=SETUP)


def paid(by: Actor, till: Till) -> Payment:
    """An application of the actor whose fee is paid."""
    payment = paying.order(applied(by).affair.code, by=by)
    till.pay(payment.code)
    return paying.take_notice(*till.notice(payment.code))


def ended(affair: Affair, ending: str, by: Actor) -> None:
    """It ends in this way, and who listens hears of it: twice, as the bus may say it."""
    if ending == "withdrawn":
        applicant.withdraw(affair.code, "不盖了", by=by)
    else:
        do(affair, "check", "refuse", now=timezone.now())
        if ending == "annulled":
            service.annul(affair.code, "材料不实", by=SETUP)
    for kind in ("affair.closed", "affair.withdrawn", "affair.annulled"):
        for event in events(kind) * 2:
            give_back(event)


def events(kind: str) -> list[Event]:
    """What the bus carries of this type."""
    found = OutboxEvent.objects.order_by("id").values_list("payload", flat=True)
    return [decode(one) for one in found if orjson.loads(one)["type"] == f"services.{kind}"]


def told() -> list[str]:
    """What the payer was told of the fee, by its templates."""
    for kind in ("payment.refunded", "payment.kept"):
        for event in events(kind) * 2:
            tell_payer(event)
    return sorted(Message.objects.filter(template__startswith="fee-").values_list("template", flat=True))


def english(browser: Client, path: str) -> str:
    """A page as somebody reads it."""
    return browser.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_who_withdraws_is_not_told_of_stations_that_were_not_reached(till: Till) -> None:
    declare()
    _who, by, browser = citizen()
    affair = applied(by).affair
    applicant.withdraw(affair.code, "不盖了", by=by)
    page = english(browser, f"/my/affairs/{affair.code}")
    assert "Withdrawn" in page
    assert "Being examined" not in page


@pytest.mark.parametrize("ending", ["withdrawn", "refused"])
def test_who_gets_nothing_gets_the_fee_back_once(till: Till, ending: str) -> None:
    declare()
    _who, by, browser = citizen()
    payment = paid(by, till)
    ended(payment.affair, ending, by)
    payment.refresh_from_db()
    assert payment.state == "refunding"
    assert "goes back the way it was paid" in english(browser, f"/my/affairs/{payment.affair.code}")
    for _minute in range(3):
        paying.follow_payments()
    payment.refresh_from_db()
    assert (payment.state, till.refunds) == ("refunded", [payment.code])
    assert "was given back the way it was paid on" in english(browser, f"/my/affairs/{payment.affair.code}")
    assert told() == ["fee-refunded"]
    assert payment.affair.code in Message.objects.get(template="fee-refunded").text_zh
    acts = AuditRecord.objects.filter(action__startswith="services.payment.").order_by("sequence")
    assert list(acts.values_list("action", flat=True))[-2:] == [
        "services.payment.refunding",
        "services.payment.refunded",
    ]


def test_a_gateway_that_is_away_is_asked_again(till: Till) -> None:
    declare()
    _who, by, _browser = citizen()
    payment = paid(by, till)
    till.is_away = True
    ended(payment.affair, "withdrawn", by)
    paying.follow_payments()
    payment.refresh_from_db()
    assert (payment.state, told()) == ("refunding", [])
    till.is_away = False
    paying.follow_payments()
    payment.refresh_from_db()
    assert (payment.state, till.refunds) == ("refunded", [payment.code])


def test_a_fee_that_is_never_given_back_stays_and_the_applicant_knows_before(till: Till) -> None:
    declare(withdrawn="never")
    _who, by, browser = citizen()
    payment = paid(by, till)
    assert "is not given back" in english(browser, f"/my/affairs/{payment.affair.code}")
    ended(payment.affair, "withdrawn", by)
    paying.follow_payments()
    payment.refresh_from_db()
    assert (payment.state, till.refunds, told()) == ("paid", [], ["fee-kept"])
    page = english(browser, f"/my/affairs/{payment.affair.code}")
    assert "is not given back: the application was withdrawn" in page
    assert paying.reconcile([payment], by=SETUP) == {"agreed": 1, "differing": []}


@pytest.mark.parametrize("is_given", [True, False])
def test_an_officer_decides_where_the_declaration_says_so(till: Till, is_given: bool) -> None:
    """A decision that was taken back waits for one, when nothing else is declared."""
    declare(refused="never")
    _who, by, browser = citizen()
    payment = paid(by, till)
    ended(payment.affair, "refused", by)
    payment.refresh_from_db()
    assert (payment.state, payment.ended) == ("paid", "refused")
    service.annul(payment.affair.code, "材料不实", by=SETUP)
    for event in events("affair.annulled"):
        give_back(event)
    for _minute in range(2):
        paying.follow_payments()
    payment.refresh_from_db()
    assert (payment.state, till.refunds) == ("asked", []), "the gateway is not asked before an officer spoke"
    waiting = refunds_waiting(SETUP)
    assert waiting is not None
    assert waiting.count == 1
    assert "An officer decides" in english(browser, f"/my/affairs/{payment.affair.code}")
    assert paying.reconcile([payment], by=SETUP)["agreed"] == 1
    desk = finance()
    page = english(desk, f"/services/payments/{payment.code}")
    assert "Do not give it back" in page
    act = "refund" if is_given else "keep"
    address = f"/services/payments/{payment.code}/{act}"
    assert "Say why" in desk.post(address, {}, follow=True, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    desk.post(address, {"reason": "经复核"})
    give_back(events("affair.annulled")[0])
    payment.refresh_from_db()
    assert payment.state == ("refunded" if is_given else "paid")
    assert till.refunds == ([payment.code] if is_given else [])
    assert told()[-1:] == ["fee-refunded" if is_given else "fee-kept"]
    assert "经复核" in english(browser, f"/my/affairs/{payment.affair.code}")
    waiting = refunds_waiting(SETUP)
    assert waiting is not None
    assert waiting.count == 0


def finance() -> Client:
    """A browser of somebody who may decide on refunds."""
    actor: Any = person("supervisor", "government")
    row = Person.objects.get(code=actor.key.partition(":")[2])
    browser = Client()
    browser.force_login(access.create_account(f"supervisor-{row.code}", "x" * 20, row, by=SETUP))
    return browser


def test_what_was_granted_is_not_given_back(till: Till) -> None:
    declare()
    _who, by, browser = citizen()
    payment = paid(by, till)
    Affair.objects.filter(pk=payment.affair_id).update(
        status="done", outcome="granted", closed_at=timezone.now()
    )
    assert refunding.weigh_affair(payment.affair.code) == 0
    payment.refresh_from_db()
    assert payment.state == "paid"
    assert "goes back" not in english(browser, f"/my/affairs/{payment.affair.code}")


def test_who_pays_after_the_end_gets_it_back_whatever_is_declared(till: Till) -> None:
    declare(withdrawn="never")
    _who, by, _browser = citizen()
    affair = applied(by).affair
    payment = paying.order(affair.code, by=by)
    ended(affair, "withdrawn", by)
    with pytest.raises(ProblemError) as error:
        paying.order(affair.code, by=by)
    assert error.value.problems[0].code == "SRV-416"
    till.pay(payment.code)  # on the gateway's page, which was still open
    till.orders[payment.code]["paid_at"] = (timezone.now() + timedelta(minutes=1)).isoformat()
    found = paying.take_notice(*till.notice(payment.code))
    assert (found.state, found.reason) == ("refunding", refunding.LATE)


def test_the_terms_are_those_under_which_it_was_paid(till: Till) -> None:
    declare(withdrawn="at-once")
    _who, by, _browser = citizen()
    payment = paid(by, till)
    declare(withdrawn="never")
    ended(payment.affair, "withdrawn", by)
    payment.refresh_from_db()
    assert payment.state == "refunding"


def test_what_was_paid_before_terms_were_kept_waits_for_an_officer(till: Till) -> None:
    declare()
    _who, by, _browser = citizen()
    payment = paid(by, till)
    Payment.objects.filter(pk=payment.pk).update(terms={})
    ended(payment.affair, "withdrawn", by)
    payment.refresh_from_db()
    assert payment.state == "asked"


def test_a_refund_that_takes_days_agrees_with_the_gateway(till: Till) -> None:
    declare()
    _who, by, _browser = citizen()
    payment = paid(by, till)
    ended(payment.affair, "withdrawn", by)
    till.orders[payment.code]["state"] = "refunding"
    paying.follow_payments()
    payment.refresh_from_db()
    assert (payment.state, paying.reconcile([payment], by=SETUP)["agreed"]) == ("refunding", 1)


def test_who_may_not_decides_nothing(till: Till) -> None:
    declare(withdrawn="officer")
    _who, by, browser = citizen()
    payment = paid(by, till)
    ended(payment.affair, "withdrawn", by)
    assert browser.post(f"/services/payments/{payment.code}/keep", {"reason": "x"}).status_code == 403
    assert browser.get(f"/services/payments/{payment.code}").status_code == 403
    assert refunds_waiting(by) is None
    payment.refresh_from_db()
    assert payment.state == "asked"


def test_paying_leads_to_the_gateway_past_what_a_form_may_lead_to(till: Till) -> None:
    """Browsers refuse a form whose answer leads elsewhere than ``form-action`` allows: the page leads on."""
    declare()
    _who, by, browser = citizen()
    affair = applied(by).affair
    way = browser.post(f"/services/pay/{affair.code}/order")["Location"]
    assert way == f"/services/pay/{affair.code}?go=1"
    payment = Payment.objects.get()
    page = browser.get(way)
    assert page.headers["Refresh"] == f"0; url={payment.url}"
    assert f'href="{payment.url}"' in page.content.decode()
    assert "Refresh" not in browser.get(f"/services/pay/{affair.code}").headers
    till.pay(payment.code)
    paying.take_notice(*till.notice(payment.code))
    assert "Refresh" not in browser.get(way).headers, "what is paid leads nowhere"


def test_the_guide_says_when_a_fee_goes_back() -> None:
    declare(refused="never")
    page = english(Client(), "/services/items/permit-item")
    assert "Given back when the applicant withdraws." in page
    assert "Not given back when the application is not granted." in page
    assert "An officer decides whether it goes back when the decision is taken back later." in page
