"""How the house does, in Prometheus's text format at `/metrics`: events, jobs, devices, readings, cases.

Every figure comes from the database when it is asked for, so it is the same whichever process answers, and
survives restarts. ``beichen_readings_total`` begins anew at midnight UTC, which `rate` and `increase` expect
of a counter. Whoever asks has a key with the right ``house.metrics.read``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from beichen.hubs.events import service as events
from beichen.kernel.access import service as access
from beichen.kernel.bus import service as bus
from beichen.kernel.jobs import service as jobs
from beichen.platforms.iot import service as iot

READ = access.permission("house.metrics.read", "查看运行指标", "See how the house does")


def _gauge(name: str, words: str, label: str, numbers: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in numbers:
        family.add_metric([value], number)
    return family


class House(Collector):
    """What each room says of itself, a few indexed queries a room."""

    def collect(self) -> Iterator[Metric]:
        """One family after the other."""
        yield from self._bus()
        yield _gauge("beichen_jobs", "Background tasks by status.", "status", jobs.status().tasks.items())
        yield from self._devices()
        yield _gauge("beichen_cases_open", "Open cases by stage.", "stage", events.open_by_stage().items())

    def _bus(self) -> Iterator[Metric]:
        state = bus.status()
        yield GaugeMetricFamily(
            "beichen_events_waiting", "Events that have not left the outbox.", state["outbox"]["waiting"]
        )
        parked = GaugeMetricFamily(
            "beichen_events_parked",
            "Events that a subscriber could not take.",
            labels=["subscriber", "state"],
        )
        for one in state["subscribers"]:
            for word in ("waiting", "dead"):
                parked.add_metric([one["name"], word], one.get(word, 0))
        yield parked

    def _devices(self) -> Iterator[Metric]:
        yield _gauge("beichen_devices", "Devices by state.", "state", iot.devices_by_state().items())
        readings = CounterMetricFamily(
            "beichen_readings", "Readings of the day by what became of them.", labels=["treatment"]
        )
        for treatment, number in iot.treated_on(timezone.now().date()).items():
            readings.add_metric([treatment], number)
        yield readings
        yield GaugeMetricFamily(
            "beichen_readings_held_up", "1 while readings cannot be kept.", int(bool(iot.troubles()))
        )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in the form that the client asks for (text, or OpenMetrics)."""
    access.require(access.acting(request), READ)
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    figures = CollectorRegistry(auto_describe=False)
    figures.register(House())
    return HttpResponse(encode(figures), content_type=media_type)
