"""Every operation of a description, called with whatever it allows and what it does not.

What fits a description and what does not, with and without a key, about things that are there and things that
are not. Few examples, the same each time; ``TEST_EXAMPLES=2000 pytest tests/test_descriptions.py`` looks
longer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from beichen.kernel.access.rates import forget_rates

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "3"))
DESCRIBED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# What no client can send as a form: there is no name for the value.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NO_FORM = (bool, int, float, list, type(None))
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction: none closes the connection, as with Django's own client."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


def call_all(schema: Any, known: Mapping[str, Any], headers: Mapping[str, str], checks: list[Any]) -> int:
    """Call every operation; how many there are.

    ``known`` are values by the names of parameters, so that requests get beyond "there is no such thing".
    ``headers`` say who calls; one call in three says nothing.
    """
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    for operation in operations:
        for mode in MODES:

            @given(
                case=operation.as_strategy(generation_mode=mode),
                has_key=st.sampled_from([True, True, False]),
                filled=st.sets(st.sampled_from(sorted(known))),
            )
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=HEALTH,
            )
            def call(case: Any, has_key: bool, filled: set[str]) -> None:
                assume(case.media_type not in FORMS or not isinstance(case.body, NO_FORM))
                forget_rates()
                for name in filled:
                    for values in (case.path_parameters, case.query, case.body):
                        if isinstance(values, dict) and name in values:
                            values[name] = known[name]
                answer = case.call(headers=dict(headers) if has_key else {})
                case.validate_response(answer, checks=checks)

            try:
                call()
            except Unsatisfiable:
                continue  # nothing about this operation can be wrong
    return len(operations)
