"""Reading a job's log in a notebook, from a cluster or an archive: as pandas where that is installed, else as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rondo.adapter import Assembly
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.job import Job
from rondo.layout import FlatLayout
from rondo.source import ArchiveLog, ClusterLog, JobLog, LogEntry, started
from rondo.tensors import Floats, decode, sha256
from rondo.verification.report import Report
from rondo.verifier import Verifier
from rondo.wire import Record

Rows = list[dict[str, Any]]


def table(rows: Rows, index: str) -> Any:
    """A data frame of the rows; the rows themselves where pandas is not installed."""
    try:
        import pandas
    except ModuleNotFoundError:
        return rows
    frame = pandas.DataFrame(rows)
    return frame.set_index(index) if rows else frame


class Cluster:
    """The jobs of a cluster."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def jobs(self) -> list[str]:
        return ClusterLog.jobs(self._connection)

    def job(self, name: str) -> JobReader:
        return JobReader(ClusterLog(self._connection, name))


class Archive:
    """A directory that ``rondo archive`` wrote; it holds one job."""

    def __init__(self, directory: str | Path) -> None:
        self._log = ArchiveLog(Path(directory))

    def jobs(self) -> list[str]:
        return [self._log.job]

    def job(self, name: str | None = None) -> JobReader:
        if name not in (None, self._log.job):
            raise RondoError("job-not-found", f"the archive holds job '{self._log.job}', not '{name}'", "name that one")
        return JobReader(self._log)


class JobReader:
    """What a job's log tells. Each call reads what it needs; a running job may have gone on meanwhile."""

    def __init__(self, log: JobLog) -> None:
        self._log = log
        self._job: Job | None = None

    @property
    def settings(self) -> Job:
        """The job's settings and the layout of its adapter."""
        if self._job is None:
            self._job = started(self._log)
        return self._job

    def rounds(self) -> Any:
        """A row for each round: cohort, updates, how it closed, seconds, mean loss, accuracy or exact match, digest."""
        rows: dict[int, dict[str, Any]] = {}
        metrics: dict[int, list[dict[str, float]]] = {}
        losses: dict[int, list[float]] = {}
        for decision in self._decisions():
            number = decision.fields.get("round")
            match decision.type:
                case "RoundOpened":
                    rows[decision["round"]] = {
                        "round": number,
                        "outcome": "open",
                        "cohort": len(decision["cohort"]),
                        "quorum": decision["quorum"],
                        "accepted": 0,
                        "rejected": 0,
                        "elements": decision["elements"],
                        "opened_at": decision["openedAt"],
                    }
                case "UpdateAccepted":
                    losses.setdefault(decision["round"], []).append(decision["manifest"]["metrics"].get("loss", np.nan))
                case "UpdateRejected" if number in rows:
                    rows[decision["round"]]["rejected"] += 1
                case "RoundClosed":
                    rows[decision["round"]] |= {
                        "accepted": len(decision["members"]),
                        "closed_by": decision["trigger"],
                        "seconds": max(0, decision["header"]["decidedAt"] - rows[decision["round"]]["opened_at"])
                        / 1000,
                    }
                case "RoundCompleted":
                    rows[decision["round"]] |= {"outcome": "published", "digest": decision["digest"].hex()}
                case "RoundFailed":
                    rows[decision["round"]] |= {"outcome": "failed"}
                case "EvaluationRecorded":
                    metrics.setdefault(decision["round"], []).append(decision["metrics"])
        for number, row in rows.items():
            row["loss"] = _mean(losses.get(number, []))
            row["accuracy"] = _mean([each.get("test/accuracy", np.nan) for each in metrics.get(number, [])])
            if any("test/exact-match" in each for all_of in metrics.values() for each in all_of):
                row["exact_match"] = _mean([each.get("test/exact-match", np.nan) for each in metrics.get(number, [])])
        return table(list(rows.values()), "round")

    def trainers(self) -> Any:
        """A row for each trainer: how often it was asked, accepted and rejected, its examples and its last metrics."""
        rows: dict[str, dict[str, Any]] = {}

        def row(trainer: str) -> dict[str, Any]:
            empty = {"trainer": trainer, "asked": 0, "accepted": 0, "rejected": 0, "examples": 0}
            return rows.setdefault(trainer, empty)

        for decision in self._decisions():
            match decision.type:
                case "TrainerAdmitted":
                    row(decision["trainer"])
                case "RoundOpened" if decision["round"] > 0:
                    for trainer in decision["cohort"]:
                        row(trainer)["asked"] += 1
                case "UpdateAccepted" if decision["manifest"]["round"] > 0:
                    row(decision["manifest"]["trainer"])["accepted"] += 1
                    row(decision["manifest"]["trainer"])["examples"] += decision["manifest"]["numExamples"]
                case "UpdateRejected" if decision["trainer"] in rows:
                    row(decision["trainer"])["rejected"] += 1
                    if decision["revoked"]:
                        row(decision["trainer"])["accepted"] -= 1
                case "EvaluationRecorded":
                    row(decision["trainer"]).update({"evaluated": decision["round"], **decision["metrics"]})
        return table(list(rows.values()), "trainer")

    def metrics(self) -> Any:
        """A row for each metric that a trainer reported of a round."""
        rows = [
            {"round": decision["round"], "trainer": decision["trainer"], "metric": name, "value": value}
            for decision in self._decisions()
            if decision.type == "EvaluationRecorded"
            for name, value in sorted(decision["metrics"].items())
        ]
        return table(rows, "round")

    def adapter(self, round_number: int) -> dict[str, Floats]:
        """The tensors that a round published, by name."""
        published = self._published(round_number)
        flat = self.settings.flat(round_number)
        assembly = Assembly(published, flat)
        for partition in range(self._log.partitions):
            for entry in self._log.entries("global-adapter", partition):
                chunk = entry.record("AdapterChunk")
                if chunk is not None:
                    assembly.add(chunk)
        if assembly.missing:
            raise RondoError(
                "adapter-corrupt",
                f"{assembly.missing} chunks of round {round_number} are not in the log",
                "run rondo-verify",
            )
        return flat.split(assembly.values)

    def updates(self, round_number: int) -> dict[str, dict[str, Floats]]:
        """The updates that counted in a round, by trainer: the tensors that each shared, by name."""
        accepted: dict[tuple[str, str], Record] = {}
        for decision in self._decisions():
            if decision.type == "UpdateAccepted" and decision["round"] == round_number:
                accepted[decision["manifest"]["trainer"], decision["manifest"]["attempt"]] = decision
            elif decision.type == "UpdateRejected" and decision["revoked"]:
                accepted.pop((decision["trainer"], decision["attempt"]), None)
        flat = self.settings.flat(round_number)
        kept: dict[tuple[str, int], list[LogEntry]] = {}
        return {
            each["manifest"]["trainer"]: flat.split(self._update(each["manifest"], flat, kept))
            for each in accepted.values()
        }

    def verify(self) -> Report:
        """Recomputes every round: see :mod:`rondo.verifier`."""
        return Verifier(self._log).verify()

    def _update(self, manifest: Any, flat: FlatLayout, kept: dict[tuple[str, int], list[LogEntry]]) -> Floats:
        topic = f"round.{manifest['round']:06d}"
        values = np.zeros(flat.elements, dtype=np.float32)
        missing = set(range(len(flat.chunks)))
        for placed in manifest["ranges"]:
            place = (topic, placed["partition"])
            if place not in kept:
                kept[place] = list(self._log.entries(*place))
            for entry in kept[place]:
                record = entry.record("TensorChunk")
                if (
                    record is None
                    or record["attempt"] != manifest["attempt"]
                    or record["trainer"] != manifest["trainer"]
                    or record["ordinal"] not in missing
                ):
                    continue
                chunk = flat.chunks[record["ordinal"]]
                if sha256(record["values"]) == manifest["chunkDigests"][chunk.ordinal]:
                    values[chunk.position : chunk.position + chunk.count] = decode(
                        manifest["dtype"], record["values"], chunk.count
                    )
                    missing.discard(chunk.ordinal)
        if missing:
            raise RondoError(
                "log-inconsistent",
                f"chunk {min(missing)} of {manifest['trainer']} in {topic} is not as its manifest says",
                "run rondo-verify, which names all that differs",
            )
        return values

    def _published(self, round_number: int) -> Record:
        for entry in self._log.entries("rounds"):
            published = entry.record("RoundPublished")
            if published is not None and published["round"] == round_number:
                return published
        raise RondoError(
            "round-not-found",
            f"job '{self._log.job}' has not published round {round_number}",
            "see rounds() for those it has",
        )

    def _decisions(self) -> Iterator[Record]:
        for entry in self._log.entries("decisions"):
            record = entry.record()
            if record is not None:
                yield record


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
