"""A starting trainer reads the end of ``rounds``, and is led where reading everything leads."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from rondo import follow
from rondo.recent import Located, RecentRounds
from rondo.wire import Record

JOB = "u"
ROUNDS = 5_000


class Topic:
    """``rounds`` in memory, with the gaps that transaction markers leave. It counts what is read."""

    def __init__(self) -> None:
        self.records: list[Record | None] = []
        self.read = 0

    def add(self, record: Record) -> None:
        self.records += [record, None]

    def end(self) -> int:
        return len(self.records)

    def read_to_end(self, start: int) -> Iterator[Record]:
        for record in self.records[start:]:
            self.read += 1
            if record is not None:
                yield record

    def publication(self, start: int, before: int) -> Located | None:
        for offset in range(start, before):
            self.read += 1
            record = self.records[offset]
            if record is not None and record.type == "RoundPublished":
                return Located(offset, record)
        return None


def opened(number: int, cohort: tuple[str, ...] = ("me", "you")) -> Record:
    return Record("RoundOpened", {"jobUuid": JOB, "round": number, "baseRound": number - 1, "cohort": list(cohort)})


def published(method: str, number: int) -> Record:
    a = {"fedsa": number, "ffa": 0, "rolora": number - number % 2}[method]
    b = max(0, number - 1 + number % 2) if method == "rolora" else number
    tensors = [{"name": "a", "round": a}, {"name": "b", "round": b}]
    return Record("RoundPublished", {"jobUuid": JOB, "round": number, "tensors": tensors})


def topic(method: str, rounds: int) -> Topic:
    made = Topic()
    for number in range(rounds):
        made.add(opened(number))
        made.add(published(method, number))
    made.add(opened(rounds))
    return made


def publications(records: list[Record]) -> list[int]:
    return [record["round"] for record in records if record.type == "RoundPublished"]


def recent(source: Topic, followed: int | None = None) -> list[Record]:
    return RecentRounds(JOB, source).read(followed)


def test_should_read_a_short_topic_as_a_whole():
    assert publications(recent(topic("fedsa", 5))) == [0, 1, 2, 3, 4]


def test_should_read_the_end_of_a_long_topic():
    source = topic("fedsa", ROUNDS)

    records = recent(source)

    assert publications(records)[-2:] == [ROUNDS - 2, ROUNDS - 1]
    assert records[-1] == opened(ROUNDS)
    assert source.read < 200


@pytest.mark.parametrize(("method", "needed"), [("ffa", 0), ("rolora", 4_998)])
def test_should_find_the_publications_that_hold_current_values(method: str, needed: int):
    source = topic(method, ROUNDS)

    assert needed in publications(recent(source))
    assert source.read < 400


@pytest.mark.parametrize("followed", [0, 1, 17, 2_500, 4_900, 4_999])
def test_should_find_the_round_that_the_trainer_followed_last(followed: int):
    source = topic("fedsa", ROUNDS)

    assert followed in publications(recent(source, followed))
    assert source.read < 400


def test_should_not_find_a_round_that_is_not_there():
    found = publications(recent(topic("fedsa", 1_000), 1_000))

    assert 1_000 not in found
    assert found[-1] == 999


def test_should_read_further_back_where_many_records_follow_a_publication():
    source = topic("fedsa", 1_000)
    for _ in range(3_000):
        source.add(Record("RoundExtended", {"jobUuid": JOB, "round": 1_000}))

    records = recent(source)

    assert publications(records)[-1] == 999
    assert opened(1_000) in records


@pytest.mark.parametrize("seed", range(8))
def test_should_lead_a_follower_where_reading_everything_leads(seed: int):
    draw = random.Random(seed)
    method = draw.choice(["fedsa", "ffa", "rolora"])
    rounds = 50 + draw.randrange(500)
    source = Topic()
    for number in range(rounds):
        source.add(opened(number))
        if draw.randrange(5) == 0:
            source.add(opened(number, ("me",)))
        source.add(published(method, number))
    if draw.random() < 0.5:
        source.add(opened(rounds))
    if draw.randrange(4) == 0:
        source.add(Record("JobFinished", {"jobUuid": JOB}))

    whole, tail = (follow.RoundFollower(JOB, "me", "i") for _ in range(2))
    for record in source.read_to_end(0):
        whole.apply(record)
    for record in recent(source):
        tail.apply(record)

    for synced in (rounds - 2, rounds - 1):
        progress = follow.Progress(synced, 0, None)
        assert tail.next(progress) == whole.next(progress)
    assert tail.is_open(rounds) == whole.is_open(rounds)
    for version in published(method, rounds - 1)["tensors"]:
        assert tail.publication(version["round"]) == whole.publication(version["round"])
