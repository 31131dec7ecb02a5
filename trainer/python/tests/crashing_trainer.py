"""A trainer whose process ends at one point of a round, as if it were killed.

Its first argument is ``POINT:ROUND``; the others are those of a trainer.

``while-writing-state``: half of the new state is on disk, under its temporary name.
``before-upload``: the state is saved, and no chunk is sent.
``within-upload``: some chunks are acknowledged.
``before-manifest``: all chunks are acknowledged.
``after-manifest``: the manifest is acknowledged.
"""

from __future__ import annotations

import os
import sys

from rondo import trainer, upload
from rondo.state import StateDirectory, TrainerState

KILLED = 137
POINTS = ("while-writing-state", "before-upload", "within-upload", "before-manifest", "after-manifest")


def end() -> None:
    os._exit(KILLED)


class HalfFile:
    """Takes half of the first write."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> HalfFile:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def write(self, data: bytes) -> None:
        os.write(self._descriptor, data[: len(data) // 2])
        end()


def crash_while_saving(number: int) -> None:
    save = StateDirectory.save

    def crashing(directory: StateDirectory, state: TrainerState) -> None:
        if state.trained_round == number:
            os.fdopen = lambda descriptor, *_, **__: HalfFile(descriptor)  # type: ignore[assignment]
        save(directory, state)

    StateDirectory.save = crashing  # type: ignore[method-assign]


def crash_while_sending(point: str, number: int) -> None:
    class Crashing(upload.Acknowledgements):
        """Knows from what is sent and acknowledged at which point it is."""

        chunks = 0
        manifest_sent = False

        def send(self, topic: str, partition: int, value: bytes) -> None:
            if topic.endswith(f".round.{number:06}"):
                if point == "before-upload":
                    end()
                if point == "within-upload" and Crashing.chunks > 0:
                    self.wait()
                    end()
                Crashing.chunks += 1
            elif Crashing.chunks > 0 and topic.endswith(".manifests"):
                # the uploader has waited for the chunks
                if point == "before-manifest":
                    end()
                Crashing.manifest_sent = True
            super().send(topic, partition, value)

        def wait(self, *patience: float) -> list[tuple[int, int]]:
            places = super().wait(*patience)
            if Crashing.manifest_sent and point == "after-manifest":
                end()
            return places

    upload.Acknowledgements = Crashing  # type: ignore[misc]


def main() -> int:
    point, _, number = sys.argv[1].partition(":")
    if point not in POINTS:
        raise ValueError(f"there is no point {point!r}")
    if point == "while-writing-state":
        crash_while_saving(int(number))
    else:
        crash_while_sending(point, int(number))
    return trainer.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
