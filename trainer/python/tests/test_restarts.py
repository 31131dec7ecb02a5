"""A trainer that fails each time it is started joins ever less often."""

from __future__ import annotations

import threading
from pathlib import Path

from rondo import restarts
from rondo.errors import RondoError
from rondo.state import StateDirectory


def end(directory: Path, code: str) -> list[tuple[int, float]]:
    """One process from its start to its end; what it was told to wait."""
    heard: list[tuple[int, float]] = []
    stopped = threading.Event()
    stopped.set()
    state = StateDirectory(directory)
    try:
        restarts.wait(state, stopped, lambda failures, seconds: heard.append((failures, seconds)))
        restarts.note(state, RondoError(code, "what", "next"))
    finally:
        state.close()
    return heard


def test_waits_longer_after_each_failure_in_a_row():
    assert [restarts.pause_after(failures) for failures in (0, 1, 2, 3, 4, 8, 9, 1000)] == [
        0,
        0,
        5,
        10,
        20,
        320,
        600,
        600,
    ]


def test_counts_failures_that_come_again_over_processes(tmp_path: Path):
    assert end(tmp_path, "trainer-failed") == []
    assert end(tmp_path, "trainer-failed") == []
    assert end(tmp_path, "broker-unreachable") == [(2, 5)]
    assert end(tmp_path, "join-refused") == [(2, 5)]
    assert end(tmp_path, "trainer-failed") == [(3, 10)]


def test_begins_anew_when_a_round_is_trained(tmp_path: Path):
    end(tmp_path, "trainer-failed")
    end(tmp_path, "trainer-failed")
    state = StateDirectory(tmp_path)
    state.succeeded()
    state.close()
    assert end(tmp_path, "trainer-failed") == []
