"""A second verifier: recomputes the rounds of a job from its log, from the wire contract alone.

Recomputes every derived record of the log and compares bit by bit: digests, cohorts and their
lots, quorums, weights, norms, scales, sums of every strategy, server optimizers, publications and the hash chain. Which
inputs a coordinator refuses, and why, is left to ``rondo verify``; what it accepted is checked here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rondo import console, strategies
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.job import Job
from rondo.source import ArchiveLog, ClusterLog, JobLog, LogEntry
from rondo.tensors import digest_of_digests
from rondo.verification.folds import Folds, RoundUnderWay
from rondo.verification.report import ARCHIVED, DIFFERENT, IDENTICAL, Report, RoundResult
from rondo.verification.rules import NOTHING, Chain, draw_cohort, quorum_of, redraw_cohort, weight_of
from rondo.verification.signatures import SignatureCheck
from rondo.wire import Record

# the decisions that also stand on rounds
ON_ROUNDS = (
    "RoundOpened",
    "RoundExtended",
    "RoundReopened",
    "UpdateRejected",
    "RoundFailed",
    "JobPaused",
    "JobResumed",
    "JobFinished",
    "JobAborted",
)
# what decisions repeat of the records that they answer
_REPEATED = {
    "TrainerAdmitted": ("trainer", "incarnation"),
    "TrainerKeyAdded": ("trainer", "publicKey"),
    "TrainerKeyRevoked": ("trainer", "publicKey"),
}
# what JobStarted repeats of JobSubmitted
_SUBMITTED = ("jobUuid", "spec", "layout", "layoutDigest", "lineage", "initialDigest")


class Verifier:
    """Goes through the decisions of a log once, and recomputes each round when it completes."""

    def __init__(self, log: JobLog, first: int = 0, last: int = 999_999) -> None:
        self._range = range(first, last + 1)
        self._report = Report(log.job)
        settled = log.settled()
        self._log = settled or log
        if settled is None:
            self._report.notes.append(
                "the job writes without a pause, so records that came meanwhile may be called differences;"
                " verify it again when it has ended"
            )
        self._chain = Chain()
        self._chained_from = 0
        self._admitted: dict[str, str] = {}
        self._round: RoundUnderWay | None = None
        self._early: list[Record] = []
        self._last_round = -1
        self._last_published = -1
        self._versions: dict[str, Record] = {}
        self._job: Job | None = None
        self._made_folds: Folds | None = None
        self._initial_digest: bytes | None = None
        self._inputs = {
            topic: {entry.offset: entry for entry in self._log.entries(topic)}
            for topic in ("commands", "manifests", "parts")
        }
        self._publications: list[LogEntry] = []
        self._signatures = SignatureCheck(self._report)

    def verify(self) -> Report:
        decisions = self._decisions()
        self._check_rounds_topic(decisions)
        for sequence, entry in enumerate(decisions):
            record = entry.record()
            if record is None or "header" not in record.fields:
                raise RondoError(
                    "log-inconsistent",
                    f"decision {sequence} at offset {entry.offset} cannot be read: {entry.decoded}",
                    "check that the registry is the one that this log was written with",
                )
            self._apply(sequence, record, entry.digest)
        if self._publications:
            self._report.differs(f"{len(self._publications)} publications on rounds have no RoundCompleted")
        return self._report

    # reading

    def _decisions(self) -> list[LogEntry]:
        """The decisions of partition 0, held against the copies in the others."""
        copies = [list(self._log.entries("decisions", part)) for part in range(self._log.partitions)]
        for part, copy in enumerate(copies[1:], 1):
            for one, other in zip(copies[0], copy, strict=False):
                if one.digest != other.digest:
                    self._report.differs(f"decisions-{part} at offset {other.offset} is not the copy of partition 0")
            if len(copy) != len(copies[0]):
                self._report.differs(f"decisions-{part} has {len(copy)} decisions, partition 0 has {len(copies[0])}")
        return copies[0]

    def _check_rounds_topic(self, decisions: list[LogEntry]) -> None:
        copies = []
        for entry in self._log.entries("rounds"):
            if entry.record("RoundPublished") is not None:
                self._publications.append(entry)
            else:
                copies.append(entry)
        started = next((found for entry in decisions if (found := entry.record("JobStarted")) is not None), None)
        rules = 0 if started is None else started["spec"].get("rules", 0)
        expected = [entry for entry in decisions if _is_on_rounds(entry.record(), rules)]
        for one, other in zip(expected, copies, strict=False):
            if one.digest != other.digest:
                self._report.differs(
                    f"rounds at offset {other.offset} is not the copy of the decision at offset {one.offset}"
                )
        if len(copies) != len(expected):
            self._report.differs(f"rounds has {len(copies)} copies of decisions, not {len(expected)}")

    def _apply(self, sequence: int, decision: Record, digest: bytes) -> None:
        header = decision["header"]
        if header["sequence"] != sequence:
            self._report.differs(f"decision {sequence} says that its sequence is {header['sequence']}")
        source = header["source"]
        entry = self._check_source(sequence, source)
        self._signatures.decision(decision, entry)
        self._check_repeated(decision, entry)
        if decision.type == "InputRefused" and decision.fields.get("firstOffset", -1) >= 0:
            self._check_refused_together(decision)
        if decision.type == "RoundCompleted":
            self._complete(decision)
            self._chain.published(decision["publishedDigest"])
            self._chained_from = sequence
        self._chain.add(source["bodyDigest"], digest)
        handler = {
            "JobStarted": self._start,
            "TrainerAdmitted": lambda each, _: self._admitted.update({each["trainer"]: each["incarnation"]}),
            "TrainerRemoved": lambda each, _: self._admitted.pop(each["trainer"], None),
            "RoundOpened": self._open,
            "UpdateAccepted": self._accept,
            "UpdateRejected": self._reject,
            "RoundClosed": self._close,
            "RoundWeighed": self._weigh,
            "RoundExtended": self._extend,
            "RoundReopened": self._reopen,
            "RoundFailed": self._fail,
            "EvaluationRecorded": self._evaluate,
        }.get(decision.type)
        if handler is not None:
            handler(decision, entry)

    def _check_source(self, sequence: int, source: Mapping[str, Any]) -> LogEntry | None:
        if source["topic"] == "clock":
            if source["bodyDigest"] is not None:
                self._report.differs(f"decision {sequence} answers the clock, and has a digest of it")
            return None
        entry = self._inputs.get(source["topic"], {}).get(source["offset"])
        if entry is None or entry.digest != source["bodyDigest"]:
            what = "is not there" if entry is None else "has other bytes"
            self._report.differs(
                f"{source['topic']} at offset {source['offset']}, which decision {sequence} answers, {what}"
            )
            return None
        return entry

    def _check_repeated(self, decision: Record, entry: LogEntry | None) -> None:
        answered = None if entry is None else entry.record()
        if answered is not None:
            for name in _REPEATED.get(decision.type, ()):
                if answered.fields.get(name) != decision[name]:
                    self._report.differs(
                        f"{decision.type} names {decision[name]} as {name}, and answers a record that does not"
                    )

    def _check_refused_together(self, decision: Record) -> None:
        """One decision may answer many refused records of `manifests`, from its first offset to its source."""
        source = decision["header"]["source"]
        offsets = range(decision["firstOffset"], source["offset"] + 1)
        refused = [entry for offset in offsets if (entry := self._inputs["manifests"].get(offset)) is not None]
        if self.job.spec.get("rules", 0) < 6 or source["topic"] != "manifests" or len(refused) != decision["records"]:
            self._report.differs(
                f"decision {decision['header']['sequence']} answers {decision['records']} records together, "
                f"and manifests has {len(refused)} there"
            )
        for entry in refused:
            self._signatures.refused_together(decision, entry)

    def _start(self, decision: Record, entry: LogEntry | None) -> None:
        submitted = None if entry is None else entry.record("JobSubmitted")
        if submitted is None or any(submitted[name] != decision[name] for name in _SUBMITTED):
            self._report.differs("JobStarted is not what was submitted")
        self._job = Job.of(decision)
        if decision["spec"].get("rules", 0) >= 3:
            self._initial_digest = decision["initialDigest"]
        self._made_folds = Folds(self._log, self._job, self._inputs["parts"].values(), self._report)
        self._report.job_uuid = self._job.uuid
        if self._job.layout.digest != decision["layoutDigest"]:
            self._report.differs(
                f"the layout's digest is {self._job.layout.digest.hex()}, not {decision['layoutDigest'].hex()}"
            )

    @property
    def job(self) -> Job:
        if self._job is None:
            raise RondoError("log-inconsistent", "a decision stands before JobStarted", "keep the log as it is")
        return self._job

    @property
    def _folds(self) -> Folds:
        if self._made_folds is None:
            raise RondoError("log-inconsistent", "a decision stands before JobStarted", "keep the log as it is")
        return self._made_folds

    def _open(self, decision: Record, _: LogEntry | None) -> None:
        spec, number = self.job.spec, decision["round"]
        again = self._round if self._round is not None and self._round.number == number else None
        cohort = (
            draw_cohort(spec, number, sorted(self._admitted))
            if again is None
            else redraw_cohort(spec, number, sorted(self._admitted), again.answered())
        )
        flat = self.job.flat(number)
        self._report.expect(number, "cohort", decision["cohort"], cohort)
        self._report.expect(number, "quorum", decision["quorum"], quorum_of(spec["quorum"], len(cohort)))
        if again is None:
            self._report.expect(number, "number", number, self._last_round + 1)
        else:
            self._check_again(again)
        self._report.expect(number, "base round", decision["baseRound"], self._last_published)
        self._report.expect(number, "elements", decision["elements"], flat.elements)
        self._report.expect(number, "chunks", decision["chunks"], len(flat.chunks))
        self._report.expect(number, "deadline", decision["deadline"], decision["openedAt"] + spec["deadlineMs"])
        if again is not None:
            again.opened, again.deadline = decision, decision["deadline"]
            return
        self._round = RoundUnderWay(decision, self._early, decision["deadline"])
        self._early = []
        self._last_round = number

    def _check_again(self, round_: RoundUnderWay) -> None:
        """A round opens again where its quorum can no longer come."""
        spec, number = self.job.spec, round_.number
        if spec.get("rules", 0) < 1 or spec["withoutQuorum"] != "extend" or number == 0:
            self._report.differs(f"round {number} opens again, which the job's rules do not know")
        counting = {each["manifest"]["trainer"] for each in round_.accepted}
        possible = counting | (set(round_.opened["cohort"]) & set(self._admitted))
        if round_.is_closed or len(possible) >= round_.opened["quorum"]:
            self._report.differs(f"round {number} opens again, though its quorum could still come")

    def _accept(self, decision: Record, entry: LogEntry | None) -> None:
        manifest, number = decision["manifest"], decision["round"]
        sent = None if entry is None else entry.record("UpdateManifest")
        late = number != manifest["round"]
        if sent is not None and sent.fields != manifest:
            self._report.differs(
                f"UpdateAccepted of {manifest['trainer']} in round {number} holds another manifest than it answers"
            )
        if digest_of_digests(manifest["chunkDigests"]) != manifest["digest"]:
            self._report.differs(
                f"the manifest of {manifest['trainer']} in round {number} has another digest than its chunks"
            )
        if number == 0 and self._initial_digest not in (None, manifest["digest"]):
            self._report.differs("the update of round 0 is not the one that the job was submitted with")
        weight = weight_of(self.job.spec, manifest["numExamples"])
        if late:
            weight *= self.job.spec["stalenessWeight"]
            self._report.expect(number, "round of a late update", number, manifest["round"] + 1)
        self._report.expect(number, f"weight of {manifest['trainer']}", decision["weight"], weight)
        if number > self._last_round:
            self._early.append(decision)
        elif self._round is not None:
            due = self._round.deadline + self.job.spec["graceMs"]
            # a round that is open again takes late updates over as they are
            waits = number == 0 and self.job.spec.get("rules", 0) >= 2
            if sent is not None and not late and not waits and entry is not None and entry.timestamp > due:
                self._report.differs(
                    f"the update of {manifest['trainer']} in round {number} was appended after the deadline"
                )
            if manifest["trainer"] not in self._round.opened["cohort"] and not late:
                self._report.differs(f"{manifest['trainer']} is not asked in round {number}")
            self._round.accepted.append(decision)

    def _reject(self, decision: Record, _: LogEntry | None) -> None:
        if not decision["revoked"]:
            return

        def without(updates: list[Record]) -> list[Record]:
            return [
                each
                for each in updates
                if (each["manifest"]["trainer"], each["manifest"]["attempt"])
                != (decision["trainer"], decision["attempt"])
            ]

        self._early = without(self._early)
        if self._round is not None:
            self._round.accepted = without(self._round.accepted)

    def _close(self, decision: Record, _: LogEntry | None) -> None:
        round_ = self._round
        if round_ is None or round_.number != decision["round"]:
            self._report.differs(f"RoundClosed of round {decision['round']}, which is not open")
            return
        members = [
            {
                "trainer": each["manifest"]["trainer"],
                "attempt": each["manifest"]["attempt"],
                "weight": each["weight"],
                "numExamples": each["manifest"]["numExamples"],
                "digest": each["manifest"]["digest"],
                "norm": -1.0,
                "scale": 1.0,
            }
            for each in round_.accepted
        ]
        self._report.expect(round_.number, "members of the close", decision["members"], members)
        self._report.expect(round_.number, "revision", decision["revision"], round_.revision + 1)
        if len(members) < round_.opened["quorum"]:
            self._report.differs(f"round {round_.number} closed with {len(members)} updates, below its quorum")
        round_.revision, round_.closed, round_.weighed = decision["revision"], decision, None

    def _weigh(self, decision: Record, _: LogEntry | None) -> None:
        round_ = self._round
        if round_ is None or round_.closed is None:
            self._report.differs(f"RoundWeighed of round {decision['round']}, which is not closed")
            return
        parts = self._folds.measured(round_.number, round_.revision)
        members = round_.closed["members"]
        weighed = strategies.weigh(
            self.job.spec,
            [member["weight"] for member in members],
            [parts[part]["products"] for part in sorted(parts)],
        )
        expected = [
            {**member, "norm": norm, "scale": scale, "weight": weight}
            for member, (norm, scale, weight) in zip(members, weighed, strict=True)
        ]
        self._report.expect(round_.number, "weights", decision["members"], expected)
        limit = self.job.spec["maxUpdateNorm"]
        if limit > 0 and any(norm > limit for norm, _, _ in weighed):
            self._report.differs(f"round {round_.number} counts an update that is longer than {limit}")
        round_.weighed = decision

    def _extend(self, decision: Record, _: LogEntry | None) -> None:
        if self._round is None:
            return
        self._round.deadline = decision["deadline"]
        if self.job.spec.get("rules", 0) >= 2:
            number, answered = self._round.number, set(self._round.answered())
            waits_for = [
                each
                for each in self._round.opened["cohort"]
                if each not in answered and (number == 0 or each in self._admitted)
            ]
            self._report.expect(number, "updates of the extension", decision["updates"], len(self._round.accepted))
            self._report.expect(number, "for whom the extension waits", decision["waitsFor"], waits_for)

    def _reopen(self, decision: Record, _: LogEntry | None) -> None:
        if self._round is not None:
            self._round.deadline, self._round.closed, self._round.weighed = decision["deadline"], None, None

    def _fail(self, decision: Record, _: LogEntry | None) -> None:
        self._last_round = decision["round"]
        self._round = None

    def _evaluate(self, decision: Record, entry: LogEntry | None) -> None:
        sent = None if entry is None else entry.record("EvaluationReported")
        if sent is None or any(sent[name] != decision[name] for name in ("round", "trainer", "metrics")):
            self._report.differs(f"EvaluationRecorded of {decision['trainer']} is not what was reported")

    # a round that completes

    def _complete(self, decision: Record) -> None:
        round_, number = self._round, decision["round"]
        if round_ is None or round_.closed is None or round_.number != number:
            self._report.differs(f"RoundCompleted of round {number}, which is not closed")
            return
        result = RoundResult(number, decision["revision"], len(round_.accepted), decision["digest"].hex())
        before = len(self._report.differences)
        self._check_publication(round_, decision)
        flat = self.job.flat(number)
        if number in self._range:
            self._folds.recompute(round_, result, self._was_archived(number))
        self._folds.published(flat, number, decision["revision"])
        if len(self._report.differences) > before and result.outcome == IDENTICAL:
            result.outcome, result.problem = DIFFERENT, self._report.differences[before]
        self._report.rounds.append(result)
        self._versions |= {tensor.name: decision for tensor in flat.tensors}
        self._last_published = number
        self._round = None

    def _check_publication(self, round_: RoundUnderWay, decision: Record) -> None:
        number = round_.number
        if not self._publications:
            self._report.differs(f"round {number} has no RoundPublished on rounds")
            return
        entry = self._publications.pop(0)
        published = entry.record("RoundPublished")
        assert published is not None
        assert round_.closed is not None
        self._signatures.publication(published)
        parts = self._folds.folded(number, round_.revision)
        digests = {chunk["ordinal"]: chunk["digest"] for part in parts.values() for chunk in part["chunks"]}
        ordered = [digests.get(ordinal, NOTHING) for ordinal in range(round_.opened["chunks"])]
        versions = {name: version["round"] for name, version in self._versions.items()}
        versions |= {tensor.name: number for tensor in self.job.flat(number).tensors}
        expected = {
            "jobUuid": self.job.uuid,
            "round": number,
            "revision": round_.revision,
            "baseRound": round_.opened["baseRound"],
            "members": (round_.weighed or round_.closed)["members"],
            "elements": round_.opened["elements"],
            "chunkDigests": ordered,
            "digest": digest_of_digests(ordered),
            "tensors": [{"name": name, "round": version} for name, version in versions.items()],
            "startOffsets": [parts[part]["startOffset"] for part in sorted(parts)],
            "openedAt": round_.opened["openedAt"],
            "closedAt": round_.closed["header"]["decidedAt"],
            "firstSequence": self._chained_from,
            "lastSequence": decision["header"]["sequence"] - 1,
            "chain": self._chain.value(),
        }
        for name, value in expected.items():
            self._report.expect(number, f"{name} of the publication", published[name], value)
        self._report.expect(number, "digest of the publication's body", decision["publishedDigest"], entry.digest)
        for name in ("revision", "digest", "chain"):
            self._report.expect(number, f"{name} of RoundCompleted", decision[name], published[name])

    def _was_archived(self, number: int) -> bool:
        found = (entry.record("RoundsArchived") for entry in self._inputs["commands"].values())
        return any(each is not None and each["fromRound"] <= number <= each["toRound"] for each in found)


def _is_on_rounds(decision: Record | None, rules: int) -> bool:
    match decision:
        case None:
            return False
        case Record(type="TrainerRemoved"):
            return bool(decision["reason"] in ("absent", "key-revoked"))
        case Record(type="TrainerAdmitted"):
            return rules >= 2
        case Record(type="InputRefused"):
            # of a join, whose answer its trainer waits for
            return bool(decision.fields.get("incarnation"))
        case _:
            return decision.type in ON_ROUNDS


def verify(log: JobLog, first: int = 0, last: int = 999_999) -> Report:
    """Recomputes the rounds of a log; decisions and the chain are checked from the first on whatever the range."""
    return Verifier(log, first, last).verify()


def open_log(connection: Connection | None, job: str | None, archive: Path | None) -> JobLog:
    """The log that the options of a command name."""
    if archive is not None:
        return ArchiveLog(archive)
    assert connection is not None
    jobs = [job] if job else ClusterLog.jobs(connection)
    if len(jobs) != 1:
        raise RondoError("bad-config", f"the cluster has {len(jobs)} jobs: {', '.join(jobs)}", "name one by --job")
    return ClusterLog(connection, jobs[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``rondo-verify``: exit code 0 says that every round is what it was."""
    parser = argparse.ArgumentParser(prog="rondo-verify", description=__doc__)
    parser.add_argument("--archive", type=Path, metavar="DIR", help="A directory that `rondo archive` wrote.")
    parser.add_argument("--job", metavar="NAME", help="The job. Need not be named where there is one.")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="N", help="First round to recompute.")
    parser.add_argument("--to", dest="last", type=int, default=999_999, metavar="N", help="The last one.")
    parser.add_argument("--json", action="store_true", help="Print the result as one JSON object.")
    console.add_connection(parser)
    options = parser.parse_args(arguments)

    def command() -> None:
        connection = None if options.archive else console.connection(options)
        log = open_log(connection, options.job, options.archive)
        try:
            report = verify(log, options.first, options.last)
        finally:
            log.close()
        console.result(options.json, report.json(), report.text())
        if not report.is_sound:
            first = next(iter(report.differences), None) or next(
                f"round {each.round} is {each.outcome}"
                for each in report.rounds
                if each.outcome not in (IDENTICAL, ARCHIVED)
            )
            raise RondoError(
                "verification-failed",
                f"{report.identical} of {len(report.rounds)} rounds are what they were, {len(report.differences)}"
                f" differences; the first: {first}",
                "keep the log as it is; rounds that are named nowhere above are sound",
            )

    return console.run(options.json, command)


if __name__ == "__main__":
    sys.exit(main())
