"""Keeps a trainer that fails each time it is started from joining and leaving without end.

Each start after the second failure in a row waits longer before it joins. A round that is trained and saved ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from rondo.errors import RondoError
from rondo.state import StateDirectory

_FIRST = 5.0
_LONGEST = 600.0
_MOST_DOUBLINGS = 10
#: What would come again; a broker or a registry that is away is waited for by itself.
_COMES_AGAIN = frozenset(
    {"trainer-failed", "trainer-fenced", "join-refused", "adapter-corrupt", "adapter-implausible", "job-failed"}
)


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return 0.0 if failures < 2 else min(_LONGEST, _FIRST * 2 ** min(failures - 2, _MOST_DOUBLINGS))


def wait(directory: StateDirectory, stopped: threading.Event, pausing: Callable[[int, float], None]) -> None:
    """Waits as long as the failures in the directory ask for, or until it is stopped."""
    failures = directory.failures()
    seconds = pause_after(failures)
    if seconds > 0:
        pausing(failures, seconds)
        stopped.wait(seconds)


def note(directory: StateDirectory, failure: RondoError) -> None:
    """Takes note of how a process ended."""
    if failure.code in _COMES_AGAIN:
        directory.failed()
