"""What can be done with a screen beside looking at it: files, its day once more, a copy, a change."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beichen.fronts.overview.making import made_screens
from beichen.fronts.overview.rights import WRITE
from beichen.fronts.overview.screens.looking import Looking
from beichen.fronts.overview.screens.shelf import MADE, Shelved
from beichen.kernel.access.service import decide
from beichen.web.links import Link


def tools(found: Shelved, looking: Looking, state: str) -> list[Link]:
    """Links of a screen for its reader; ``state`` says region, period and moment as addresses do."""
    links = [
        Link("PDF A3", f"{reverse('overview:export-screen', args=[found.key, 'pdf'])}?{state}"),
        Link("PDF A4", f"{reverse('overview:export-screen', args=[found.key, 'pdf'])}?{state}&paper=a4"),
        Link("PNG", f"{reverse('overview:export-screen', args=[found.key, 'png'])}?{state}"),
        Link("Excel", f"{reverse('overview:export-screen', args=[found.key, 'xlsx'])}?{state}"),
        Link("views.yaml", reverse("overview:screen-text", args=[found.key])),
        Link(_("Replay of the day"), _replay(found, looking)),
    ]
    if not decide(looking.by, WRITE):
        return links
    if (
        found.sort == MADE
        and made_screens(looking.by).filter(key=found.key.removeprefix(f"{MADE}-")).exists()
    ):
        links.append(Link(_("Change"), reverse("overview:edit-screen", args=[found.key])))
    copy = f"{reverse('overview:new-screen')}?{urlencode({'from': found.key})}"
    return [*links, Link(_("Make a copy"), copy)]


def _replay(found: Shelved, looking: Looking) -> str:
    asked = {"replay": f"{timezone.localtime(looking.moment):%Y-%m-%d}", "period": looking.period}
    if looking.region is not None:
        asked["region"] = looking.region.code
    words = urlencode({key: value for key, value in asked.items() if value})
    return f"{reverse('overview:one-screen', args=[found.key])}?{words}"
