"""How long tests of properties go on: `make soak` plays them at greater length than `make test`."""

import os
from typing import Any

import hypothesis

TIMES = int(os.environ.get("SOAK_TIMES", "1"))


def settings(*, max_examples: int | None = None, **more: Any) -> hypothesis.settings:
    """Those of Hypothesis, with so many examples in a usual run; None: as many as the profile says."""
    if max_examples is not None:
        more["max_examples"] = max_examples * TIMES
    return hypothesis.settings(**more)
