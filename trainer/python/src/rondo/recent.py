"""Finds what a starting trainer needs of ``rounds`` without reading all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rondo.connection import Connection
from rondo.log import Entry, LogReader, Place
from rondo.wire import Record

# some ten rounds: a record that names every trainer of a large job has up to 2 MB
_FIRST_WINDOW = 64
_GROWTH = 4
# beyond this many searches it is simpler to read everything
_MOST_SEARCHES = 32


@dataclass(frozen=True)
class Located:
    """A publication and its offset."""

    offset: int
    published: Record


class Source(Protocol):
    """``rounds``, from any offset on."""

    def end(self) -> int:
        """The offset behind the last record, as of this call."""

    def read_to_end(self, start: int) -> Iterator[Record]:
        """Reads from an offset to the end as of this call. What is read next follows."""

    def publication(self, start: int, before: int) -> Located | None:
        """The first publication from an offset on; None if there is none before another offset."""


class RecentRounds:
    """The last publication and everything after it, and of those before it the ones that are still needed.

    These hold current values, or the trainer followed them last. The end of the topic is read backwards in growing
    windows; older publications are found by binary search, since their rounds ascend.
    """

    def __init__(self, job_uuid: str, source: Source) -> None:
        self._job_uuid = job_uuid
        self._source = source

    def read(self, followed: int | None) -> list[Record]:
        """The records, in the order of the log; ``followed`` is a round whose publication is needed too."""
        end = self._source.end()
        size = _FIRST_WINDOW
        while size < end:
            start = end - size
            window = list(self._source.read_to_end(start))
            newest = self._last_of_whole_round(window)
            if newest is not None:
                older = self._older(newest, window, followed, start)
                if older is None:
                    break
                return older + window
            size *= _GROWTH
        return list(self._source.read_to_end(0))

    def _last_of_whole_round(self, window: list[Record]) -> Record | None:
        """The last publication, if the window also has an opening before it: a signed record answers the last one."""
        last = None
        opened = False
        for record in window:
            opened |= record.type == "RoundOpened" and record["jobUuid"] == self._job_uuid
            if opened and self._is_publication(record):
                last = record
        return last

    def _is_publication(self, record: Record) -> bool:
        return record.type == "RoundPublished" and bool(record["jobUuid"] == self._job_uuid)

    def _older(self, newest: Record, window: list[Record], followed: int | None, before: int) -> list[Record] | None:
        """The needed publications before the window; None if there are too many to search for."""
        wanted = {version["round"] for version in newest["tensors"]}
        if followed is not None:
            wanted.add(followed)
        wanted -= {record["round"] for record in window if self._is_publication(record)}
        wanted = {number for number in wanted if number <= newest["round"]}
        if len(wanted) > _MOST_SEARCHES:
            return None
        found = (self._search(number, before) for number in sorted(wanted))
        return [published for published in found if published is not None]

    def _search(self, number: int, before: int) -> Record | None:
        low, high = 0, before
        # round 0 is at the beginning, and methods with a frozen factor need it for ever
        probe = 0 if number == 0 else (low + high) // 2
        while low < high:
            following = self._source.publication(probe, high)
            found = -1 if following is None else following.published["round"]
            if following is not None and found == number and self._is_publication(following.published):
                return following.published
            if following is not None and found < number:
                low = following.offset + 1
            else:
                high = probe
            probe = (low + high) // 2
        return None


class KafkaRounds:
    """``rounds`` on a cluster. The trainer's own reader reads the end, where it goes on; a second one searches."""

    def __init__(
        self, connection: Connection, reader: LogReader, place: Place, decode: Callable[[bytes | None], Record]
    ) -> None:
        self._connection = connection
        self._reader = reader
        self._place = place
        self._decode = decode
        self._searcher: LogReader | None = None

    def end(self) -> int:
        return self._reader.ends([self._place])[self._place]

    def read_to_end(self, start: int) -> Iterator[Record]:
        self._reader.move_to({self._place: start})
        for entry in self._reader.read_to_end():
            yield self._decode(entry.value)

    def publication(self, start: int, before: int) -> Located | None:
        if self._searcher is None:
            self._searcher = LogReader(self._connection, {self._place: start})
        else:
            self._searcher.move_to({self._place: start})
        for entry in self._until(self._searcher, before):
            record = self._decode(entry.value)
            if record.type == "RoundPublished":
                return Located(entry.offset, record)
        return None

    def _until(self, searcher: LogReader, before: int) -> Iterator[Entry]:
        while searcher.position(self._place) < before:
            for entry in searcher.poll(0.1):
                if entry.offset >= before:
                    return
                yield entry

    def close(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
