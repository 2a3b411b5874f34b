"""For all tests: Hypothesis times nothing, since a busy machine is no fault of the code; rubbish is looked for less
often, since that search takes a tenth of their time; and databases share what they can."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

# Nothing that lives while the tests are found becomes rubbish.
gc.disable()

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    # Imported by who runs tests, not by the process that hands them out.
    from tests import databases

    databases.share()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    from tests.databases import Disk

    Disk.waited_for = item.get_closest_marker("durable") is not None


def pytest_unconfigure() -> None:
    """All rubbish is found here; pytest itself looks five times more, among whatever there is."""
    gc.collect()
    gc.freeze()
