"""The house as a program far away sees it: HTTP with a key, JSON both ways. Blocking; call it in a thread."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from beichen.platforms.iot.codes import NO_HOUSE, REFUSED
from beichen.problem import Problem, ProblemError, shorten

PAGE, MANY = 500, 500
TRIES, LONGEST_PAUSE = 6, 60.0
PATIENCE = 30.0
ENTITIES = "/ngsi-ld/v1/entities"
UPSERT = "/ngsi-ld/v1/entityOperations/upsert"


@dataclass(frozen=True, slots=True)
class House:
    """Where it is reached, and the key with which."""

    url: str
    key: str

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer's JSON. One that says *later* is asked again. Raises ProblemError IOT-142, IOT-143."""
        content = (
            urllib.parse.urlencode(form).encode() if form else None if body is None else orjson.dumps(body)
        )
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        sent = {"Authorization": f"Bearer {self.key}", "Accept": "application/json", "Content-Type": kind}
        request = urllib.request.Request(  # noqa: S310 - the address is the operator's own choice
            self.url.rstrip("/") + path, content, {**sent, **(headers or {})}, method=method
        )
        for tried in range(1, TRIES + 1):
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310
                    answer = reply.read()
                    return orjson.loads(answer) if answer else None
            except urllib.error.HTTPError as error:
                said = error.read()
                if error.code not in (429, 503) or tried == TRIES:
                    raise _refused(method, path, error.code, said) from None
                time.sleep(_pause(error.headers.get("Retry-After"), tried))
            except (OSError, http.client.HTTPException) as error:
                hint = "start it with `beichen up`, or name it with --url"
                message = shorten(f"{self.url}: {getattr(error, 'reason', error)}")
                raise ProblemError(Problem(NO_HOUSE, message, hint=hint)) from None
        raise AssertionError("the loop answers or raises")

    def declared(self) -> dict[str, Any]:
        """What the installed scenes say of their devices."""
        answer: dict[str, Any] = self.ask("GET", "/api/devices/simulation")
        return answer

    def things(self, kind: str) -> Iterator[dict[str, Any]]:
        """The objects of a type that the key may see, with plain values."""
        offset = 0
        while True:
            query = urllib.parse.urlencode(
                {"type": kind, "options": "keyValues", "limit": PAGE, "offset": offset}
            )
            page = self.ask("GET", f"{ENTITIES}?{query}")
            yield from page
            if len(page) < PAGE:
                return
            offset += PAGE

    def put(self, entities: Sequence[Mapping[str, Any]]) -> None:
        """Register objects, or change those that are there."""
        for start in range(0, len(entities), MANY):
            self.ask("POST", UPSERT, list(entities[start : start + MANY]))

    def register(self, devices: Sequence[Mapping[str, Any]]) -> None:
        """Register the devices that are not there yet. Raises ProblemError IOT-143 for other refusals."""
        for start in range(0, len(devices), MANY):
            part = devices[start : start + MANY]
            answer = self.ask("POST", "/api/devices", {"devices": list(part)})
            for problems in answer["refused"].values():
                if any(one["code"] != "IOT-103" for one in problems):
                    message = shorten(f"{problems[0]['code']}: {problems[0].get('detail', '')}")
                    raise ProblemError(Problem(REFUSED, message))

    def regions(self, points: Sequence[Sequence[float]]) -> list[str]:
        """The region of each place (longitude, latitude); empty where there is none."""
        found: list[str] = []
        for start in range(0, len(points), MANY):
            part = [list(point) for point in points[start : start + MANY]]
            found += self.ask("POST", "/api/geo/regions", {"points": part})["regions"]
        return found

    def tokens(self, codes: Sequence[str]) -> dict[str, str]:
        """A new token for each device."""
        found: dict[str, str] = {}
        for start in range(0, len(codes), MANY):
            part = list(codes[start : start + MANY])
            found |= self.ask("POST", "/api/devices/tokens", {"devices": part})["tokens"]
        return found

    def report(self, kind: str, text: str, at: Sequence[float], answers: Mapping[str, Any], key: str) -> None:
        """A person's report over Open311; the same ``key`` comes in once."""
        form = {"service_code": kind, "description": text, "long": f"{at[0]:.6f}", "lat": f"{at[1]:.6f}"}
        form |= {f"attribute[{name}]": str(value) for name, value in answers.items()}
        self.ask("POST", "/open311/v2/requests.json", form=form, headers={"Idempotency-Key": key})


def _pause(said: str | None, tried: int) -> float:
    return min(LONGEST_PAUSE, float(said) if said and said.isdigit() else 2.0**tried)


def _refused(method: str, path: str, status: int, content: bytes) -> ProblemError:
    try:
        told = orjson.loads(content)
        why = told["detail"] if isinstance(told, dict) else told[0]["description"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        why = ""
    message = shorten(f"{method} {path.partition('?')[0]} answered {status}: {why}")
    hint = "a key of the role simulator may do all of it" if status in (401, 403) else ""
    return ProblemError(Problem(REFUSED, message, hint=hint))
