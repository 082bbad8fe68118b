"""The addresses of the house, and requests that an administrator gets answered, for `test_access`."""

from __future__ import annotations

from typing import Any

from tests import access_apps, access_cases, access_codes, access_ledger, access_map, access_ogc, access_twin
from tests.access_population import MESSAGES

# route → why everybody may come here, whatever roles say
OPEN = {
    "healthz": "liveness: says only that the process answers",
    "readyz": "readiness: names what is missing, no data",
    "api/openapi.json": "the description of the interface",
    "api/docs": "the same, for people",
    "api/": "the interface's root: there is nothing at it",
    "language/setlang/": "keeps a choice in a cookie",
    "theme": "keeps a choice in a cookie",
    "": "the citizens' door: words and links, and what everybody may read of news and closed cases",
    "overview": "words and links; a test of the overview holds that what it shows is filtered",
    "reading": "keeps a choice in a cookie",
    "manifest.webmanifest": "what the house is called on a phone; the same for everybody",
    "me": "the reader's own account; without a session it leads to the door",
    "messages": "the reader's own inbox; without a session it leads to the door",
    "messages/unread": "a count of the reader's own; null without a session",
    "messages/read": "the same",
    "messages/browser": "the same",
    "messages/of/<str:code>": "the same",
    "messages/shown": "a signed token that came with a message is the right",
    "offline": "says that there is no network, the same for everybody",
    "worker.js": "a script without data, the same for everybody",
    "messages/<int:number>": "the same",
    "messages/<int:number>/open": "the same",
    "messages/preferences": "the reader's own; without a session it leads to the door",
    "messages/preferences/city": "the same, and a right of its own, which a test of the room asks for",
    "^ngsi-ld/": "says that there is nothing at this address",
    **access_cases.OPEN,
    **access_ogc.OPEN,
    **access_ledger.OPEN,
    **access_codes.OPEN,
    **access_apps.OPEN,
    **access_twin.OPEN,
}
SIGNING_IN = "account/"  # django-allauth's pages, each with its own rule
# what a list says to somebody who may read nothing
EMPTY: dict[str, Any] = {
    "^ngsi-ld/v1/types/?$": {
        "id": "urn:ngsi-ld:EntityTypeList:beichen",
        "type": "EntityTypeList",
        "typeList": [],
    },
    "^ngsi-ld/v1/attributes/?$": {
        "id": "urn:ngsi-ld:AttributeList:beichen",
        "type": "AttributeList",
        "attributeList": [],
    },
    "api/geo/layers": [],
    "api/indicators": {"indicators": [], "next": None},
    "api/events/cases": {"cases": [], "next": None},
    **access_cases.EMPTY,
    "^ngsi-ld/v1/entities/?$": [],
    "^ngsi-ld/v1/entityOperations/query/?$": [],
    **access_twin.EMPTY,
}
NGSI = "^ngsi-ld/v1/"
LAYER = "kept.test-pump"
SCHEMES = "evaluation/schemes"
WELL = {"id": "urn:ngsi-ld:Well:1", "type": "Well", "depth": {"type": "Property", "value": 4}}
DEPTH = {"depth": {"type": "Property", "value": 5}}
EVENT = {"specversion": "1.0", "id": "1", "source": "urn:test", "type": "test.thing.happened"}
FACT = {"confirm": "1"}
# rooms whose pages are posted as forms
FORMS = (
    "layers",
    "plan/text",
    "plan/duties",
    "plan/years",
    "plan/monitoring",
    "plan/investment",
    "plan/reports",
    "plan/adjustments",
    "plans",
    "evaluation",
    "messages",
    "console",
    "devices",
    "rules",
    "models",
    "tables",
    "indicators",
    "analysis",
    "addresses",
    "screens",
    "ledger",
    "services",
    "certificates",
    "news",
    "my",
    "codes",
    "relying-parties",
)
NEW_SCREEN = {"name_zh": "新", "name_en": "New", "level": "L1", "theme": "auto", "region": "990100"}
STEADY = {"nature": "linear", "reason": "x"}
FILED = {"file": ("d.pdf", b"%PDF-1.4 w"), "on": "2024-01-01", "as_document": "on"}
FIXED = 900_001  # a key that no sequence of a test reaches
FINISHED, NOTED = f"milestone-{FIXED}-done_on", f"milestone-{FIXED}-note"
SETTLED = {"state": "justified", "reason": "x"}
RENAMED = {"kind": "projects", "key": "p1", "field": "name", "new": "x", "reason": "x"}
ADDED = {"name": "x", "box": "专栏2", "reason": "x"}
ORDER = {"kind": "brief", "year": 2022, "language": "zh", "audience": 1}
SUBMISSION = {"report": FIXED, "submitted_on": "2024-03-01"}

# route → requests that an administrator gets answered: method, address, body
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    **access_ledger.SAMPLES,
    **access_codes.SAMPLES,
    **access_apps.SAMPLES,
    **access_map.SAMPLES,
    "api/geo/layers": [("GET", "api/geo/layers", None)],
    "api/geo/layers/<slug:key>": [("GET", "api/geo/layers/districts", None)],
    "api/geo/regions": [("POST", "api/geo/regions", {"points": []})],
    "analysis": [("GET", "analysis", None), ("POST", "analysis?kind=buffer", {"layer": "districts"})],
    "analysis/runs/<slug:code>": [("GET", "analysis/runs/{analysis}", None)],
    "analysis/runs/<slug:code>/keep": [("POST", "analysis/runs/{analysis}/keep", {})],
    "analysis/runs/<slug:code>/state": [("GET", "analysis/runs/{analysis}/state", None)],
    "analysis/runs/<slug:code>/features": [("GET", "analysis/runs/{analysis}/features", None)],
    "api/geo/analysis": [("GET", "api/geo/analysis", None)],
    "api/geo/analysis/runs": [
        ("GET", "api/geo/analysis/runs", None),
        ("POST", "api/geo/analysis/runs", {"kind": "buffer", "parameters": {"layer": "districts"}}),
    ],
    "api/geo/analysis/runs/<slug:code>": [("GET", "api/geo/analysis/runs/{analysis}", None)],
    "api/geo/analysis/runs/<slug:code>/features": [
        ("GET", "api/geo/analysis/runs/{analysis}/features", None)
    ],
    "api/geo/analysis/<slug:kind>": [("POST", "api/geo/analysis/buffer", {"layer": "districts"})],
    "map/base.pmtiles": [("GET", "map/base.pmtiles", None)],
    "map/style.json": [("GET", "map/style.json", None)],
    "map/layers.json": [("GET", "map/layers.json", None)],
    "map/layers/<slug:key>.json": [("GET", "map/layers/districts.json", None)],
    "map/landmarks/<slug:key>.json": [("GET", "map/landmarks/districts.json", None)],
    **access_ogc.SAMPLES,
    "api/indicators": [("GET", "api/indicators", None)],
    "api/indicators/<slug:key>": [("GET", "api/indicators/people", None)],
    "api/comms/receipts": [("POST", "api/comms/receipts", {"receipts": []})],
    **MESSAGES,
    "events": [("GET", "events", None), ("POST", "events", EVENT)],
    "metrics": [("GET", "metrics", None)],
    **access_cases.SAMPLES,
    "files/<str:code>": [("GET", "files/{file}", None)],
    "screen": [("GET", "screen", None)],
    "screen/ask": [("GET", "screen/ask?q=x&format=json", None)],
    "screens": [("GET", "screens", None)],
    "screens/<str:key>": [("GET", "screens/pulse", None)],
    "screens/<str:key>/widgets": [("GET", "screens/pulse/widgets?of=0", None)],
    "screens/<str:key>/widgets/<int:number>": [("GET", "screens/pulse/widgets/0", None)],
    "screens/new": [("GET", "screens/new", None), ("POST", "screens/new", NEW_SCREEN)],
    "screens/made": [("GET", "screens/made", None)],
    "screens/<str:key>/views.yaml": [("GET", "screens/pulse/views.yaml", None)],
    "screens/<str:key>/export.<slug:form>": [("GET", "screens/pulse/export.xlsx", None)],
    "screens/<str:key>/edit": [("GET", "screens/made-kept/edit", None)],
    "screens/<str:key>/edit/widgets/new": [("GET", "screens/made-kept/edit/widgets/new", None)],
    "screens/<str:key>/edit/widgets/<int:number>": [("GET", "screens/made-kept/edit/widgets/0", None)],
    "screens/<str:key>/edit/widgets/<int:number>/preview": [
        ("GET", "screens/made-kept/edit/widgets/0/preview", None)
    ],
    "screens/<str:key>/versions": [("GET", "screens/made-kept/versions", None)],
    "screens/<str:key>/versions/restore": [
        ("POST", "screens/made-kept/versions/restore", {"number": "1", "seen": "1"})
    ],
    "screens/<str:key>/edit/<slug:act>": [("POST", "screens/made-kept/edit/withdraw", {"seen": "1"})],
    "screen/things.json": [("GET", f"screen/things.json?layer={LAYER}&bbox=125,43,126,44", None)],
    "screen/things/<str:key>": [("GET", f"screen/things/{LAYER}", None)],
    "screen/objects/<str:code>": [("GET", "screen/objects/{object}", None)],
    "screen/scenes/<slug:key>": [("GET", "screen/scenes/kept", None)],
    "api/objects/nearest": [("GET", "api/objects/nearest?type=test-pump&at=125.3,43.8", None)],
    "plan": [("GET", "plan", None)],
    "plan/indicators": [("GET", "plan/indicators", None)],
    "plan/indicators/<int:number>": [("GET", "plan/indicators/1", None)],
    "plan/targets": [("GET", "plan/targets", None)],
    "plan/projects": [("GET", "plan/projects", None)],
    "plan/years": [("GET", "plan/years", None)],
    "plan/years/nature/<path:line>": [
        ("GET", "plan/years/nature/1", None),
        ("POST", "plan/years/nature/1", STEADY),
    ],
    "plan/years/<int:number>": [("GET", "plan/years/2023", None)],
    "plan/years/<int:number>/work": [("GET", "plan/years/2023/work", None)],
    "plan/years/<int:number>/draft": [
        ("GET", "plan/years/2023/draft", None),
        ("POST", "plan/years/2022/draft", {}),
    ],
    "plan/years/<int:number>/draft/<int:pk>": [
        ("POST", "plan/years/2023/draft/{target}", {"value": "60", "reason": "x"}),
    ],
    "plan/years/<int:number>/draft/<int:pk>/districts": [
        ("POST", "plan/years/2023/draft/{target}/districts", {"method": "equal", "reason": "x"}),
    ],
    "plan/years/<int:number>/adopt": [("POST", "plan/years/2023/adopt", {"note": "x"})],
    "plan/years/<int:number>/discard": [("POST", "plan/years/2023/discard", {})],
    "plan/years/<int:number>/versions": [("GET", "plan/years/2023/versions", None)],
    "plan/monitoring": [("GET", "plan/monitoring", None)],
    "plan/monitoring/<int:number>": [("GET", "plan/monitoring/2023", None)],
    "plan/monitoring/rules": [("GET", "plan/monitoring/rules", None)],
    "plan/monitoring/warnings": [("GET", "plan/monitoring/warnings", None)],
    "plan/monitoring/history/<int:indicator>": [("GET", "plan/monitoring/history/1", None)],
    "plan/monitoring/values": [("GET", "plan/monitoring/values", None)],
    "plan/monitoring/values/<int:file>": [("GET", "plan/monitoring/values/{values}", None)],
    "plan/monitoring/values/<int:file>/apply": [("POST", "plan/monitoring/values/{values}/apply", {})],
    "plan/investment": [("GET", "plan/investment", None)],
    "plan/investment/projects": [("GET", "plan/investment/projects", None)],
    "plan/investment/projects/<slug:key>": [("GET", "plan/investment/projects/p1", None)],
    "plan/investment/projects/<slug:key>/<slug:form>": [
        ("POST", "plan/investment/projects/p1/stage", {"stage": "planned", "on": "2021-05-01"})
    ],
    "plan/investment/map": [("GET", "plan/investment/map", None)],
    "plan/investment/import": [("GET", "plan/investment/import", None)],
    "plan/investment/export": [("GET", "plan/investment/export", None)],
    "plan/investment/<int:year>": [("GET", "plan/investment/2024", None)],
    "plan/investment/<int:year>/<slug:action>": [("POST", "plan/investment/2024/draft", {})],
    "plan/duties": [("GET", "plan/duties", None)],
    "plan/duties/assign": [("POST", "plan/duties/assign", {"everything": "yes", "reason": "x"})],
    "plan/duties/open": [("POST", "plan/duties/open", {})],
    "plan/duties/sheet": [("GET", "plan/duties/sheet", None)],
    "plan/duties/import": [("GET", "plan/duties/import", None)],
    "plan/duties/bodies": [("GET", "plan/duties/bodies", None)],
    "plan/duties/bodies/<slug:key>": [("GET", "plan/duties/bodies/{body}", None)],
    "plan/duties/rounds": [
        ("GET", "plan/duties/rounds", None),
        ("POST", "plan/duties/rounds", {"period": "2023-S2"}),
    ],
    "plan/duties/rounds/<int:number>": [("GET", "plan/duties/rounds/{round}", None)],
    "plan/duties/notes": [("GET", "plan/duties/notes", None)],
    "plan/duties/notes/<int:number>": [
        ("GET", "plan/duties/notes/1", None),
        ("POST", "plan/duties/notes/1", {"answer": "yes", "text": "done"}),
    ],
    "plan/duties/evidence/<str:code>": [("GET", "plan/duties/evidence/{evidence}", None)],
    "plan/duties/<int:number>": [("GET", "plan/duties/{duty}", None)],
    "plan/duties/<int:number>/assign": [("POST", "plan/duties/{duty}/assign", {"reason": "x"})],
    "plan/duties/<int:number>/milestones": [
        ("POST", "plan/duties/{duty}/milestones", {"title": "x", "due": "2024-12-01"})
    ],
    "plan/duties/<int:number>/milestones/<int:milestone>": [
        ("POST", "plan/duties/{duty}/milestones/{milestone}", {FINISHED: "2024-01-05", NOTED: "x"})
    ],
    "plan/duties/<int:number>/notes": [
        ("POST", "plan/duties/{duty}/notes", {"title": "x", "text": "x", "due": "2199-01-01"})
    ],
    "plan/duties/<int:number>/reports/<int:period>": [
        ("GET", "plan/duties/{duty}/reports/{round}", None),
    ],
    "plan/duties/<int:number>/reports/<int:period>/decision": [
        ("POST", "plan/duties/{duty}/reports/{round}/decision", {"accept": "yes"})
    ],
    "api/plan/public": [("GET", "api/plan/public", None)],
    "public/plan": [("GET", "public/plan", None)],
    "plans": [("GET", "plans", None)],
    "plans/new": [("GET", "plans/new", None)],
    "plans/<slug:key>": [("GET", "plans/water", None)],
    "plans/<slug:key>/file": [("POST", "plans/water/file", FILED)],
    "plans/<slug:key>/steps/<slug:step>": [("POST", "plans/water/steps/submit", {"on": "2024-01-01"})],
    "plans/<slug:key>/check": [("POST", "plans/water/check", {})],
    "plans/<slug:key>/findings": [("GET", "plans/water/findings", None)],
    "plans/<slug:key>/findings/<slug:finding>": [
        ("GET", "plans/water/findings/f1", None),
        ("POST", "plans/water/findings/f1", SETTLED),
    ],
    "plan/adjustments": [("GET", "plan/adjustments", None)],
    "plan/adjustments/new": [("GET", "plan/adjustments/new", None)],
    "plan/adjustments/<int:number>": [("GET", "plan/adjustments/1", None)],
    "plan/adjustments/<int:number>/steps/<slug:step>": [
        ("POST", "plan/adjustments/1/steps/submit", {"on": "2024-01-01"})
    ],
    "plan/adjustments/<int:number>/changes": [("POST", "plan/adjustments/1/changes", RENAMED)],
    "plan/adjustments/<int:number>/projects": [("POST", "plan/adjustments/1/projects", ADDED)],
    "plan/adjustments/<int:number>/changes/<int:change>/drop": [
        ("POST", "plan/adjustments/1/changes/{change}/drop", {})
    ],
    "plan/versions": [("GET", "plan/versions", None)],
    "plan/versions/compare": [("GET", "plan/versions/compare", None)],
    "plan/versions/<int:number>": [("GET", "plan/versions/1", None)],
    "plan/reports": [("GET", "plan/reports", None)],
    "plan/reports/new": [("POST", "plan/reports/new", ORDER)],
    "plan/reports/congress": [("GET", "plan/reports/congress", None)],
    "plan/reports/congress/submit": [("POST", "plan/reports/congress/submit", SUBMISSION)],
    "plan/reports/congress/<int:year>/days": [("POST", "plan/reports/congress/2022/days", {})],
    "plan/reports/congress/<int:year>/opinions": [
        ("POST", "plan/reports/congress/2022/opinions", {"text": "more"})
    ],
    "plan/reports/congress/<int:year>/opinions/<int:number>": [
        ("POST", "plan/reports/congress/2022/opinions/1", {"text": "done"})
    ],
    "plan/reports/trail": [("GET", "plan/reports/trail", None)],
    "plan/reports/templates": [("GET", "plan/reports/templates", None)],
    "plan/reports/templates/save": [("POST", "plan/reports/templates/save", {"drop": "brief"})],
    "plan/reports/templates/<slug:use>.docx": [("GET", "plan/reports/templates/brief.docx", None)],
    "plan/reports/<slug:code>": [("GET", "plan/reports/DRAFT", None)],
    "plan/reports/<slug:code>/progress": [("GET", "plan/reports/DRAFT/progress", None)],
    "plan/reports/<slug:code>/step": [("POST", "plan/reports/DRAFT/step", {"step": "submit"})],
    "plan/reports/<slug:code>/report.<slug:wanted>": [("GET", "plan/reports/DRAFT/report.html", None)],
    "plan/text/<str:location>": [("GET", "plan/text/1.1", None)],
    "evaluation": [("GET", "evaluation", None)],
    "evaluation/schemes": [("GET", "evaluation/schemes", None)],
    "evaluation/schemes/new": [("GET", "evaluation/schemes/new", None)],
    f"{SCHEMES}/<slug:key>/<int:version>": [("GET", f"{SCHEMES}/scored/1", None)],
    f"{SCHEMES}/<slug:key>/<int:version>/act": [("POST", f"{SCHEMES}/scored/2/act", {"adopt": "1"})],
    f"{SCHEMES}/<slug:key>/<int:version>/criteria": [("GET", f"{SCHEMES}/scored/2/criteria", None)],
    f"{SCHEMES}/<slug:key>/<int:version>/criteria/<slug:criterion>": [
        ("GET", f"{SCHEMES}/scored/2/criteria/work", None),
        ("POST", f"{SCHEMES}/scored/2/criteria/work", {"remove": "1"}),
    ],
    "evaluation/rounds": [("GET", "evaluation/rounds", None)],
    "evaluation/rounds/new": [("GET", "evaluation/rounds/new", None)],
    "evaluation/rounds/<slug:key>": [("GET", "evaluation/rounds/done", None)],
    "evaluation/rounds/<slug:key>/act": [("POST", "evaluation/rounds/running/act", {})],
    "evaluation/rounds/<slug:key>/surveys": [("GET", "evaluation/rounds/running/surveys", None)],
    "evaluation/rounds/<slug:key>/subjects/<slug:subject>": [
        ("GET", "evaluation/rounds/done/subjects/water-bureau", None)
    ],
    "evaluation/rounds/<slug:key>/subjects/<slug:subject>/<slug:verb>/<slug:criterion>": [
        ("POST", "evaluation/rounds/running/subjects/water-bureau/report/work", {"score": "9", "text": "x"})
    ],
    "evaluation/appeals": [("GET", "evaluation/appeals", None)],
    "evaluation/appeals/<int:number>": [
        ("GET", "evaluation/appeals/{appeal}", None),
        ("POST", "evaluation/appeals/{appeal}", {"verdict": "dismissed", "decision": "x"}),
    ],
    "plan/text/<str:location>/<slug:kind>/<slug:key>": [("POST", "plan/text/1.1/targets/t1", FACT)],
    f"{NGSI}entities/?$": [
        ("GET", "ngsi-ld/v1/entities?type=facility", None),
        ("POST", "ngsi-ld/v1/entities", {**WELL, "id": "urn:ngsi-ld:Well:2"}),
        ("DELETE", "ngsi-ld/v1/entities?type=Well", None),
    ],
    f"{NGSI}entities/(?P<urn>.*)/attrs/(?P<name>[^/]+|.*://.+?)/?$": [
        ("PATCH", "ngsi-ld/v1/entities/{urn}/attrs/depth", DEPTH["depth"]),
        ("PUT", "ngsi-ld/v1/entities/{urn}/attrs/depth", DEPTH["depth"]),
        ("DELETE", "ngsi-ld/v1/entities/{urn}/attrs/depth", None),
    ],
    f"{NGSI}entities/(?P<urn>.*)/attrs/?$": [
        ("POST", "ngsi-ld/v1/entities/{urn}/attrs", DEPTH),
        ("PATCH", "ngsi-ld/v1/entities/{urn}/attrs", DEPTH),
    ],
    f"{NGSI}entities/(?P<urn>.+?)/?$": [
        ("GET", "ngsi-ld/v1/entities/{urn}", None),
        ("PUT", "ngsi-ld/v1/entities/{urn}", WELL),
        ("PATCH", "ngsi-ld/v1/entities/{urn}", DEPTH),
        ("DELETE", "ngsi-ld/v1/entities/{urn}", None),
    ],
    f"{NGSI}entityOperations/create/?$": [
        ("POST", "ngsi-ld/v1/entityOperations/create", [{**WELL, "id": "urn:ngsi-ld:Well:3"}])
    ],
    f"{NGSI}entityOperations/upsert/?$": [("POST", "ngsi-ld/v1/entityOperations/upsert", [WELL])],
    f"{NGSI}entityOperations/update/?$": [("POST", "ngsi-ld/v1/entityOperations/update", [WELL])],
    f"{NGSI}entityOperations/merge/?$": [("POST", "ngsi-ld/v1/entityOperations/merge", [WELL])],
    f"{NGSI}entityOperations/delete/?$": [
        ("POST", "ngsi-ld/v1/entityOperations/delete", ["urn:ngsi-ld:Well:1"])
    ],
    f"{NGSI}entityOperations/query/?$": [
        ("POST", "ngsi-ld/v1/entityOperations/query", {"type": "Query", "entities": [{"type": "Well"}]})
    ],
    f"{NGSI}types/?$": [("GET", "ngsi-ld/v1/types", None)],
    f"{NGSI}types/(?P<name>.+?)/?$": [("GET", "ngsi-ld/v1/types/Well", None)],
    f"{NGSI}attributes/?$": [("GET", "ngsi-ld/v1/attributes", None)],
    f"{NGSI}attributes/(?P<name>.+?)/?$": [("GET", "ngsi-ld/v1/attributes/depth", None)],
    **access_twin.SAMPLES,
}
