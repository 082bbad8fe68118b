"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """Items and processes of government services, their affairs, what waits for whom."""

    name = "beichen.fronts.services"
    label = "fronts_services"
    verbose_name = "Government services"

    def ready(self) -> None:
        """Open the room's own door, keep the table of affairs fresh for figures, put the pages in reach."""
        from beichen.fronts.services.applicant.card import affairs_card
        from beichen.fronts.services.applicant.closing import give_back, open_affairs
        from beichen.fronts.services.applicant.holding import HOLDINGS
        from beichen.fronts.services.applicant.kept import KEPT
        from beichen.fronts.services.applicant.navigation import put_in_reach as put_applicants_in_reach
        from beichen.fronts.services.applicant.sealed import SEALED_APPLICATION
        from beichen.fronts.services.coded import find_coded_affair, find_coded_run, offer_affair, offer_run
        from beichen.fronts.services.doors import register_door
        from beichen.fronts.services.facts import record_all
        from beichen.fronts.services.items import offers
        from beichen.fronts.services.items.certifying import certify, take_back
        from beichen.fronts.services.items.naming import item_names
        from beichen.fronts.services.items.navigation import put_in_reach
        from beichen.fronts.services.items.reaching import register
        from beichen.fronts.services.objection.erasing import OBJECTIONS
        from beichen.fronts.services.telling import notify
        from beichen.fronts.services.waiting import objections_waiting, refunds_waiting, steps_waiting
        from beichen.hubs.data.service import feed_table, name_members
        from beichen.kernel.access.service import register_ending, register_holding, register_open_matters
        from beichen.platforms.ledger.service import add_sealed_kind
        from beichen.registry.service import register_coded, register_offer
        from beichen.web.cards import register_card
        from beichen.web.waiting import register_waiting

        register_coded("affair", find_coded_affair)
        register_coded("bundle", find_coded_run)
        register_coded(offers.WINDOW, offers.find_coded_window)
        register_offer("affair", offer_affair)
        register_offer("bundle", offer_run)
        register_offer(offers.WINDOW, offers.offer_at_window)
        register_offer("place", offers.offer_at_place)
        register_offer("*", offers.offer_items)
        register_door("notify", notify)
        register_door("certificate", certify, gives=("certificate",), undo=take_back)
        add_sealed_kind(SEALED_APPLICATION)
        register_card("affairs", 10, affairs_card)
        register_waiting("steps", 10, steps_waiting)
        register_waiting("objections", 11, objections_waiting)
        register_waiting("refunds", 12, refunds_waiting)
        register_open_matters("services", open_affairs)
        register_ending("services", give_back)
        for holding in (*HOLDINGS, *KEPT, OBJECTIONS):
            register_holding(holding)
        feed_table("affairs", record_all)
        name_members("item", _("Service"), item_names)
        put_in_reach()
        put_applicants_in_reach()
        register()
