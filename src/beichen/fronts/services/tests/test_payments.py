"""Fees: the contract of a gateway, one payment an affair, notices that are forged, replayed or lost."""

from __future__ import annotations

import ast
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

import beichen
from beichen import settings as chosen
from beichen.fronts.services.items.models import Payment
from beichen.fronts.services.items.payment import paying, refunding
from beichen.fronts.services.items.payment.gateway import Order, Paid
from beichen.fronts.services.items.payment.http import HEADER, HttpGateway, verify
from beichen.fronts.services.items.words import PaymentState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall, town
from beichen.fronts.services.tests.till import SECRET, Till
from beichen.fronts.services.tests.town import SETUP, do, person
from beichen.problem import ProblemError


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problems[0].code


def order(code: str = "A-1", amount: int = 2000) -> Order:
    return Order(code, amount, "许可", timezone.now() + timedelta(hours=1), "https://city.example/back")


class TestContract:
    """What any gateway must do; another one is put in the place of ``till.gateway``."""

    def test_an_order_is_opened_once(self, till: Till) -> None:
        first, again = till.gateway.create(order()), till.gateway.create(order())
        assert first == again
        assert first.url.startswith("https://")
        assert till.created == 1

    def test_a_query_says_how_it_stands(self, till: Till) -> None:
        till.gateway.create(order())
        found = till.gateway.query("A-1")
        assert found is not None
        assert (found.state, found.amount) == (Paid.WAITING, 2000)
        till.pay("A-1")
        paid = till.gateway.query("A-1")
        assert paid is not None
        assert (paid.state, paid.paid_at is not None) == (Paid.PAID, True)
        assert till.gateway.query("NONE") is None

    def test_a_refund_is_made_once(self, till: Till) -> None:
        till.gateway.create(order())
        till.pay("A-1")
        assert till.gateway.refund("A-1", 2000, "错收").state == Paid.REFUNDED
        assert till.gateway.refund("A-1", 2000, "错收").state == Paid.REFUNDED
        assert till.refunds == ["A-1"]

    def test_a_gateway_that_is_away_says_so(self, till: Till) -> None:
        till.is_away = True
        for ask in (lambda: till.gateway.create(order()), lambda: till.gateway.query("A-1")):
            with pytest.raises(ProblemError) as error:
                ask()
            assert code_of(error) == "SRV-412"

    def test_only_its_own_notices_of_now_count(self, till: Till) -> None:
        till.gateway.create(order())
        now = timezone.now()
        headers, body = till.notice("A-1", now.timestamp(), state="paid")
        assert till.gateway.read_notice(headers, body, now).state == Paid.PAID
        old, same = till.notice("A-1", now.timestamp() - 301)
        signed = headers[HEADER]
        last = "0" if signed[-1] != "0" else "1"
        for bad, content in (
            ({}, body),
            ({HEADER: ""}, body),
            ({HEADER: "t=1,v1=00"}, body),
            ({HEADER: signed[:-1] + last}, body),
            (headers, body.replace(b"2000", b"2001")),
            (old, same),
            (till.notice("A-1", now.timestamp() + 301)[0], body),
        ):
            with pytest.raises(ProblemError) as error:
                till.gateway.read_notice(bad, content, now)
            assert code_of(error) == "SRV-414"

    def test_another_secret_is_refused(self, till: Till) -> None:
        with pytest.raises(ProblemError) as error:
            HttpGateway(till.url, "another secret of 32 characters and more").create(order())
        assert code_of(error) == "SRV-412"


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://pay.example", SECRET),
        ("ftp://pay.example", SECRET),
        ("test://double", SECRET),
        ("https://", SECRET),
        ("https://pay.example", "short"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str, secret: str) -> None:
    with pytest.raises(ProblemError) as error:
        HttpGateway(url, secret)
    assert code_of(error) == "SRV-417"


def test_no_double_of_a_gateway_can_be_reached_in_production() -> None:
    """Neither by a setting nor by an import: what pretends to be paid stands in tests alone."""
    base = {"BEICHEN_ENVIRONMENT": "production", "BEICHEN_SECRET_KEY": "s" * 40}
    base["BEICHEN_PUBLIC_URL"] = "https://city.example"
    for url, is_safe in (
        ("https://pay.example/x", True),
        ("http://pay.example/x", False),
        ("http://localhost:9/till", False),
        ("https://127.0.0.1/till", False),
        ("https://[::1]/till", False),
    ):
        told = {**base, "BEICHEN_PAYMENT_URL": url, "BEICHEN_PAYMENT_SECRET": "p" * 40}
        problems = chosen.read_settings(told, Path("/nowhere")).production_problems()
        assert (not problems) is is_safe, url
    told = {**base, "BEICHEN_PAYMENT_URL": "https://pay.example", "BEICHEN_PAYMENT_SECRET": "short"}
    assert chosen.read_settings(told, Path("/nowhere")).production_problems()
    with pytest.raises(ProblemError):
        chosen.read_settings({"BEICHEN_PAYMENT_URL": "double://x"}, Path("/nowhere"))
    source = Path(beichen.__file__).parent
    for file in source.rglob("*.py"):
        text = file.read_text("utf-8")
        if "tests" in file.parts or "services.tests" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert "services.tests" not in (node.module or ""), file


def test_a_signature_of_nothing_is_none() -> None:
    assert not verify(SECRET, "t=99999999999999,v1=" + "0" * 64, b"", 0.0)


def paid_process() -> None:
    """A process that waits for its payment after the window has looked."""
    body = town.diagram(
        '<startEvent id="begin"/><userTask id="look"/>'
        '<intermediateCatchEvent id="payment"><messageEventDefinition id="m" messageRef="msg"/>'
        '</intermediateCatchEvent><endEvent id="granted"/>'
        + town.flow("begin look", "look payment", "payment granted"),
        lanes={"window": "look payment"},
        key="paid-permit",
        more='<message id="msg" name="paid"/>',
    )
    fields = {
        "number": {"name": town.words("数", "Number"), "type": "number"},
        "payment": {"name": town.words("单号", "Order")},
        "paid_yuan": {"name": town.words("金额", "Amount"), "type": "number"},
    }
    town.simple(
        "paid-permit",
        body,
        steps={"look": {}},
        ends="granted",
        fields=fields,
        messages={"paid": ["payment", "paid_yuan"]},
    )
    item = {
        **stall.LICENCE,
        "process": "paid-permit",
        "materials": {},
        "fee": {"basis": town.words("规则", "Rule"), "amounts": [{"yuan": 20}], "message": "paid"},
    }
    licence = {**stall.LICENCE}
    stall.declare(
        {"permit": stall.PERMIT, "licence": licence, "seal": stall.SEAL, "tax": stall.TAX, "paid": item}
    )


@pytest.mark.django_db
class TestPaying:
    @pytest.fixture(autouse=True)
    def city(self, open_till: Till) -> None:
        stall.build()
        paid_process()
        self.till = open_till
        self.affair = stall.apply("paid", {"number": 1}, now=timezone.now())

    def paid(self) -> Payment:
        payment = paying.order(self.affair.code, by=SETUP)
        self.till.pay(payment.code)
        return paying.take_notice(*self.till.notice(payment.code))

    def test_the_process_goes_on_when_it_is_paid(self) -> None:
        do(self.affair, "look", now=timezone.now())
        payment = self.paid()
        self.affair.refresh_from_db()
        assert (payment.state, self.affair.status, self.affair.outcome) == ("paid", "done", "granted")
        assert self.affair.data == {"number": 1.0, "payment": payment.code, "paid_yuan": 20.0}

    def test_a_payment_that_comes_early_is_told_when_it_is_waited_for(self) -> None:
        payment = self.paid()
        assert (payment.state, payment.told_at) == ("paid", None)
        do(self.affair, "look", now=timezone.now())
        paying.follow_payments()
        self.affair.refresh_from_db()
        assert self.affair.status == "done"

    def test_a_notice_that_comes_again_changes_nothing(self) -> None:
        do(self.affair, "look", now=timezone.now())
        first = self.paid()
        again = paying.take_notice(*self.till.notice(first.code))
        assert (again.paid_at, again.told_at) == (first.paid_at, first.told_at)
        assert Payment.objects.count() == 1

    def test_clicked_twice_it_is_one_order(self) -> None:
        first, again = (paying.order(self.affair.code, by=SETUP) for _ in range(2))
        assert first.pk == again.pk
        assert self.till.created == 1

    def test_another_amount_is_refused_and_nothing_is_paid(self) -> None:
        payment = paying.order(self.affair.code, by=SETUP)
        with pytest.raises(ProblemError) as error:
            paying.take_notice(*self.till.notice(payment.code, state="paid", amount=1))
        assert code_of(error) == "SRV-415"
        payment.refresh_from_db()
        assert payment.state == PaymentState.DUE

    def test_a_notice_of_nothing_known_is_refused(self) -> None:
        payment = paying.order(self.affair.code, by=SETUP)
        with pytest.raises(ProblemError) as error:
            paying.take_notice(*self.till.notice(payment.code, code="OTHER", state="paid"))
        assert code_of(error) == "SRV-413"

    def test_a_notice_that_is_lost_is_asked_for(self) -> None:
        payment = paying.order(self.affair.code, by=SETUP)
        self.till.pay(payment.code)
        assert paying.follow_payments(timezone.now() + timedelta(minutes=1)) == 0, "not yet"
        assert paying.follow_payments(timezone.now() + timedelta(minutes=4)) == 1
        payment.refresh_from_db()
        assert payment.state == PaymentState.PAID

    def test_one_that_is_not_paid_in_time_expires_and_another_is_opened(self) -> None:
        first = paying.order(self.affair.code, by=SETUP)
        later = timezone.now() + timedelta(hours=3)
        second = paying.order(self.affair.code, by=SETUP, now=later)
        first.refresh_from_db()
        assert (first.state, second.state) == (PaymentState.EXPIRED, PaymentState.DUE)
        assert first.pk != second.pk
        self.till.pay(second.code)
        paying.take_notice(*self.till.notice(second.code))
        self.till.pay(first.code)  # and the first one after all
        doubled = paying.take_notice(*self.till.notice(first.code))
        assert (doubled.state, doubled.reason) == (PaymentState.EXPIRED, "paid twice: to be refunded")
        counting = Payment.objects.filter(state=PaymentState.PAID)
        assert [row.pk for row in counting] == [second.pk]
        assert refunding.refund(first.code, "重复缴费", by=SETUP).state == PaymentState.REFUNDED

    def test_a_refund_is_made_once_and_by_who_may(self) -> None:
        payment = self.paid()
        with pytest.raises(ProblemError) as error:
            refunding.refund(payment.code, "错收", by=person("officer", "fire"))
        assert code_of(error) == "ACC-403"
        assert refunding.refund(payment.code, "错收", by=SETUP).state == PaymentState.REFUNDED
        with pytest.raises(ProblemError) as error:
            refunding.refund(payment.code, "错收", by=SETUP)
        assert code_of(error) == "SRV-416"
        assert self.till.refunds == [payment.code]

    @pytest.mark.parametrize("is_done", [False, True], ids=["not-asked-yet", "not-heard"])
    def test_a_refund_during_which_the_house_died_is_made_up_for(self, is_done: bool) -> None:
        """Decided and committed, and dead before the gateway was asked, or before its answer was kept."""
        payment = self.paid()
        Payment.objects.filter(pk=payment.pk).update(state=PaymentState.REFUNDING, reason="错收")
        if is_done:
            self.till.gateway.refund(payment.code, payment.amount, "错收")
        for _minute in range(3):
            paying.follow_payments()
        payment.refresh_from_db()
        assert (payment.state, payment.refunded_at is None) == (PaymentState.REFUNDED, False)
        assert self.till.refunds == [payment.code]

    def test_reconciling_names_what_differs(self) -> None:
        payment = self.paid()
        assert paying.reconcile([payment], by=SETUP) == {"agreed": 1, "differing": []}
        self.till.orders[payment.code]["state"] = "waiting"
        found = paying.reconcile([payment], by=SETUP)
        assert found["differing"] == [{"payment": payment.code, "here": "paid", "there": "waiting"}]

    def test_a_gateway_that_is_away_leaves_the_order_to_be_opened_later(self) -> None:
        self.till.is_away = True
        with pytest.raises(ProblemError) as error:
            paying.order(self.affair.code, by=SETUP)
        assert code_of(error) == "SRV-412"
        self.till.is_away = False
        assert paying.order(self.affair.code, by=SETUP).url.startswith("https://pay.example/")
        assert Payment.objects.count() == 1

    def test_what_costs_nothing_is_not_paid(self) -> None:
        free = stall.apply("licence", {"number": 1}, now=timezone.now())
        with pytest.raises(ProblemError) as error:
            paying.order(free.code, by=SETUP)
        assert code_of(error) == "SRV-416"
        with pytest.raises(ProblemError) as error:
            paying.order("20250101-NOSUCH", by=SETUP)
        assert code_of(error) == "SRV-413"

    def test_others_neither_see_nor_pay_it(self) -> None:
        with pytest.raises(ProblemError) as error:
            paying.order(self.affair.code, by=person("officer", "fire"))
        assert code_of(error) == "ACC-302"

    def test_the_notice_has_a_door_that_asks_for_its_signature(self) -> None:
        payment = paying.order(self.affair.code, by=SETUP)
        self.till.pay(payment.code)
        headers, body = self.till.notice(payment.code)
        path = "/api/services/payments/notice"

        def send(content: bytes, **more: Any) -> Any:
            return Client(enforce_csrf_checks=True).post(
                path, content, content_type="application/json", headers=more
            )

        assert send(body).json()["code"] == "SRV-414"
        assert send(body + b" ", **headers).status_code == 403
        assert send(body, **headers).json() == {"code": payment.code, "state": "paid"}
        assert send(body, **headers).status_code == 200


@pytest.mark.django_db
def test_without_a_gateway_nothing_is_paid() -> None:
    stall.build()
    paid_process()
    affair = stall.apply("paid", {"number": 1}, now=timezone.now())
    with pytest.raises(ProblemError) as error:
        paying.order(affair.code, by=SETUP)
    assert code_of(error) == "SRV-411"
    assert Payment.objects.count() == 0
    assert paying.follow_payments() == 0


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_payment(open_till: Till) -> None:
    stall.build()
    paid_process()
    affair: Affair = stall.apply("paid", {"number": 1}, now=timezone.now())
    start = threading.Barrier(6)
    told: list[str] = []

    def run() -> None:
        start.wait()
        try:
            told.append(paying.order(affair.code, by=SETUP).code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 6
    assert len(set(told)) == Payment.objects.count() == open_till.created == 1
