"""A trainer keeps the last chain value and the job's keys, and refuses a log that was written anew."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rondo.errors import RondoError
from rondo.service import Listener, Settings, _Loop
from rondo.state import ChainPin, StateDirectory
from rondo.wire import Record

JOB = "0b4e4f4e-0000-4000-8000-000000000001"
KEY, OTHER = "ed25519:" + "0" * 64, "ed25519:" + "1" * 64
SPEC = {"name": "j", "operatorKey": KEY, "aggregatorKey": KEY, "rounds": 3}


def published(number: int, chain: int) -> Record:
    fields = {"jobUuid": JOB, "round": number, "chain": bytes([chain] * 32), "members": [], "tensors": []}
    return Record("RoundPublished", fields)


PIN = ChainPin.of(published(2, 2), SPEC)


def refusal(pin: ChainPin, spec: dict[str, Any], rounds: list[Record]) -> RondoError:
    with pytest.raises(RondoError) as refused:
        pin.require(JOB, spec, rounds)
    assert refused.value.code == "log-rewritten"
    return refused.value


def test_should_take_the_log_that_it_knows_and_what_follows():
    PIN.require(JOB, SPEC, [published(1, 1), published(2, 2), published(3, 3)])
    # another job's state is refused when the state is read
    PIN.require("another", {}, [])


def test_should_refuse_a_log_with_another_value_or_without_the_round():
    assert f"has {'09' * 32} now" in refusal(PIN, SPEC, [published(1, 1), published(2, 9)]).message
    assert "round 2 had the chain value" in refusal(PIN, SPEC, [published(1, 1)]).message
    assert refusal(PIN, SPEC, []).message.endswith("is not in the log now")


@pytest.mark.parametrize("keys", [(KEY, ""), (KEY, OTHER), ("", KEY), (OTHER, KEY)])
def test_should_refuse_a_job_that_names_other_keys(keys: tuple[str, str]):
    spec = {**SPEC, "operatorKey": keys[0], "aggregatorKey": keys[1]}

    assert "the job named the " in refusal(PIN, spec, [published(2, 2)]).message


def test_should_have_the_text_of_java():
    assert PIN.text() == f"rondo-chain-pin-v2\n{JOB}\n2\n{'02' * 32}\n{KEY}\n{KEY}\n"
    without = ChainPin.of(published(2, 2), {})
    assert without.text().endswith("\nnone\nnone\n")
    for pin in (PIN, without):
        assert ChainPin.parse(pin.text()) == pin
    first = f"rondo-chain-pin-v1\n{JOB}\n2\n{'02' * 32}\n"
    assert ChainPin.parse(first).text() == first
    ChainPin.parse(first).require(JOB, {**SPEC, "aggregatorKey": OTHER}, [published(2, 2)])


def test_should_be_kept_for_its_owner_alone(tmp_path: Path):
    directory = StateDirectory(tmp_path)
    try:
        assert directory.pin() is None
        directory.save_pin(ChainPin.of(published(1, 1), SPEC))
        directory.save_pin(PIN)
        assert directory.pin() == PIN
        assert (tmp_path / "trainer.chain").stat().st_mode & 0o777 == 0o600
        for text in ("something else\n", PIN.text() + "more\n", PIN.text().replace("\n2\n", "\nx\n"), "é", ""):
            (tmp_path / "trainer.chain").write_text(text)
            with pytest.raises(RondoError) as refused:
                directory.pin()
            assert refused.value.code == "state-unreadable"
    finally:
        directory.close()


class FakeLog:
    """A log with some publications, which notes what a trainer sends."""

    def __init__(self, rounds: list[Record]) -> None:
        self.job = SimpleNamespace(uuid=JOB, spec=SPEC, layout=SimpleNamespace(digest=bytes(32)), ever_shared=frozenset)
        self._rounds = rounds
        self.sent: list[str] = []
        self.uploader = SimpleNamespace(announce=lambda record, _: self.sent.append(record.type))

    def recent_rounds(self, _: int | None) -> list[Record]:
        return self._rounds

    def adapter(self, _: Record) -> dict[str, Any]:
        return {}

    def await_rounds(self, _: float) -> list[Record]:
        return []


def serve(directory: StateDirectory, log: FakeLog) -> list[int]:
    """Runs a trainer until it has loaded an adapter; which rounds it loaded."""
    stopped = threading.Event()
    loaded: list[int] = []

    class Stopping(Listener):
        def adapter_loaded(self, round_number: int) -> None:
            loaded.append(round_number)
            stopped.set()

    site: Any = SimpleNamespace(trainer="a", head_only_baseline=False)
    plugin: Any = SimpleNamespace(name="fake", load=lambda _: None, evaluate=dict)
    settings = Settings(SimpleNamespace(), "j", site, Path("state"))  # type: ignore[arg-type]
    _Loop(settings, log, plugin, directory=directory, listener=Stopping(), stopped=stopped).run()  # type: ignore[arg-type]
    return loaded


def test_should_keep_what_it_follows_and_send_nothing_to_another_log(tmp_path: Path):
    directory = StateDirectory(tmp_path)
    try:
        assert serve(directory, FakeLog([published(1, 1), published(2, 2)])) == [2]
        assert directory.pin() == PIN

        again = FakeLog([published(1, 1), published(2, 2), published(3, 3)])
        assert serve(directory, again) == [3]
        assert again.sent == ["TrainerJoined", "TrainerLeft"]

        anew = FakeLog([published(1, 1), published(2, 2), published(3, 4)])
        with pytest.raises(RondoError) as refused:
            serve(directory, anew)
        assert refused.value.code == "log-rewritten"
        assert anew.sent == []
    finally:
        directory.close()
