"""For all tests: Hypothesis times nothing, since a busy machine is no fault of the code; and rubbish is looked for less
often, among what came after the tests were found, since that search takes a tenth of their time."""

from __future__ import annotations

import gc

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
