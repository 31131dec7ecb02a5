"""Whether signed records were taken, and others refused, as section 8 of the wire contract says."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from rondo import signing
from rondo.identifiers import SUBMITTER
from rondo.source import LogEntry
from rondo.verification.report import Report
from rondo.wire import Record

# the first rules that know signatures
_SIGNED_SINCE = 3
# how many rounds behind a trainer's view of `rounds` may be when it signs
_WINDOW = 16
# what is refused before anyone looks at a signature
_BEFORE_SIGNATURES = ("unreadable", "unknown-schema", "too-large", "unexpected-record")
_TRAINERS = ("TrainerJoined", "TrainerLeft", "UpdateManifest", "EvaluationReported")
# they may be repeated, so their numbers need not rise
_REPEATED = ("JobSubmitted", "RoundsArchived")

_Sender = tuple[str, str]


class SignatureCheck:
    """Takes the decisions of one job in their order, and decides again on the signature of each input."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._operator = ""
        self._aggregator = ""
        self._job = ""
        self._keys: dict[str, list[str]] = {}
        self._numbers: dict[_Sender, int] = {}
        self._of_operator = -1
        self._window: deque[tuple[int, bytes]] = deque(maxlen=_WINDOW)
        self._window_is_full = False
        self._admitted: dict[str, str] = {}
        self._away: dict[str, str] = {}
        self._last_source: tuple[str, int] | None = None

    def decision(self, decision: Record, entry: LogEntry | None) -> None:
        self._input(decision, entry)
        if decision.type == "JobStarted":
            self._use(decision)
        if not self._operator:
            return
        if decision.type == "RoundOpened":
            if self._aggregator:
                self._require(decision, f"round {decision['round']}")
            self._opened(decision)
        self._note(decision)

    def refused_together(self, decision: Record, entry: LogEntry) -> None:
        """One of several records that a decision refuses: none may be signed as it has to be."""
        record = entry.record()
        if not self._operator or record is None or record.type not in _TRAINERS:
            return
        if self._verdict(record)[0] is None:
            self._report.differs(
                f"decision {decision['header']['sequence']} refuses a {record.type} at offset {entry.offset} of "
                "manifests that is signed as it has to be"
            )

    def publication(self, published: Record) -> None:
        if not self._aggregator:
            return
        where = f"round {published['round']}"
        self._require(published, where)
        receipt = signing.receipt_problem(published, self._aggregator)
        if receipt is not None:
            self._report.differs(f"the RoundPublished of {where}: {receipt}")

    # what was decided on the signature of an input

    def _input(self, decision: Record, entry: LogEntry | None) -> None:
        source = decision["header"]["source"]
        # an input has several answers, all of them in a row
        place = (source["topic"], source["offset"])
        record = None if entry is None else entry.record()
        if record is None or place == self._last_source or source["topic"] not in ("commands", "manifests"):
            return
        self._last_source = place
        signed = self._operator or (record.type == "JobSubmitted" and _asks(record["spec"]))
        if not signed:
            return
        number = source.get("sequence", -1)
        refused = decision["reason"] if decision.type == "InputRefused" and number < 0 else None
        if refused in _BEFORE_SIGNATURES:
            return
        where = f"decision {decision['header']['sequence']}"
        reason, detail = self._verdict(record)
        if reason != refused:
            found = "takes" if refused is None else f"refuses as {refused}"
            expected = "signed as it has to be" if reason is None else f"{reason}, {detail}"
            self._report.differs(f"{where} {found} a {record.type} that is {expected}")
        elif reason is None and number != record["signature"]["sequence"]:
            self._report.differs(
                f"{where} says that its {record.type} has the number {number}, not {record['signature']['sequence']}"
            )

    def _verdict(self, record: Record) -> tuple[str | None, str]:
        """The reason to refuse a record for its signature, and what is wrong."""
        operator = self._operator or record["spec"]["operatorKey"]
        trainer = str(record.fields.get("trainer")) if record.type in _TRAINERS else SUBMITTER
        of_operator = trainer == SUBMITTER
        problem = signing.problem(record, [operator] if of_operator else self._keys.get(trainer, []))
        if problem is not None:
            return "bad-signature", problem
        if record.type != "JobSubmitted" and record["jobUuid"] != self._job:
            return "wrong-job", "it is signed for another job"
        number = record["signature"]["sequence"]
        if of_operator:
            counted = record.type not in _REPEATED and record.type not in _TRAINERS
            last = self._of_operator if counted else -1
        elif not self._is_of_this_log(record):
            return "wrong-history", "it names none of the last rounds as they opened here"
        else:
            last = self._numbers.get((trainer, record["incarnation"]), -1)
            counted = True
        if counted and number <= last:
            return "duplicate", f"it has the number {number}, after one with {last}"
        return None, ""

    def _is_of_this_log(self, record: Record) -> bool:
        opened = record["signature"]["opened"]
        if record.type == "UpdateManifest":
            return (record["round"], opened) in self._window
        return not self._window_is_full if opened is None else opened in (digest for _, digest in self._window)

    # what decisions say about those who sign

    def _use(self, started: Record) -> None:
        spec = started["spec"]
        if _asks(spec):
            self._operator = spec["operatorKey"]
            self._aggregator = spec.get("aggregatorKey", "")
            self._job = started["jobUuid"]

    def _opened(self, opened: Record) -> None:
        self._window_is_full = self._window_is_full or len(self._window) == _WINDOW
        self._window.append((opened["round"], signing.digest(opened)))

    def _note(self, decision: Record) -> None:
        source = decision["header"]["source"]
        number = source.get("sequence", -1)
        if number >= 0 and source["topic"] == "commands":
            self._of_operator = max(self._of_operator, number)
        match decision.type:
            case "TrainerAdmitted":
                self._admit(decision["trainer"], decision["incarnation"], number)
            case "TrainerRemoved":
                self._remove(decision)
            case "UpdateAccepted":
                manifest = decision["manifest"]
                self._count(manifest["trainer"], manifest["incarnation"], number)
            case "UpdateRejected":
                if not decision["revoked"]:
                    self._count(decision["trainer"], decision["incarnation"], number)
            case "EvaluationRecorded":
                self._count(decision["trainer"], self._admitted.get(decision["trainer"], ""), number)
            case "InputRefused":
                self._refuse(decision, number)
            case "TrainerKeyAdded":
                self._keys.setdefault(decision["trainer"], []).append(decision["publicKey"])
            case "TrainerKeyRevoked":
                left = [key for key in self._keys.get(decision["trainer"], []) if key != decision["publicKey"]]
                self._keys[decision["trainer"]] = left
            case _:
                pass

    def _admit(self, trainer: str, incarnation: str, number: int) -> None:
        sender = (trainer, incarnation)
        if number >= 0:
            self._numbers[sender] = max(number, self._numbers.get(sender, -1))
        replaced = self._admitted.get(trainer) or self._away.pop(trainer, None)
        self._admitted[trainer] = incarnation
        if replaced is not None and replaced != incarnation:
            self._numbers.pop((trainer, replaced), None)

    def _remove(self, removed: Record) -> None:
        trainer, incarnation = removed["trainer"], removed["incarnation"]
        self._admitted.pop(trainer, None)
        if removed["reason"] == "absent":
            self._away[trainer] = incarnation
        else:
            self._numbers.pop((trainer, incarnation), None)

    def _refuse(self, refused: Record, number: int) -> None:
        """A signed join that is refused ends its incarnation."""
        trainer, incarnation = refused.fields.get("trainer", ""), refused.fields.get("incarnation", "")
        serves = incarnation in (self._admitted.get(trainer), self._away.get(trainer))
        if number >= 0 and incarnation and not serves:
            self._numbers.pop((trainer, incarnation), None)

    def _count(self, trainer: str, incarnation: str, number: int) -> None:
        """Only processes that have joined are counted."""
        last = self._numbers.get((trainer, incarnation))
        if number >= 0 and last is not None:
            self._numbers[trainer, incarnation] = max(number, last)

    def _require(self, record: Record, where: str) -> None:
        wrong = signing.problem(record, [self._aggregator])
        if wrong is not None:
            self._report.differs(f"the {record.type} of {where} is not signed by the aggregator: {wrong}")


def _asks(spec: Mapping[str, Any]) -> bool:
    """Whether a job takes signed records only."""
    return spec.get("rules", 0) >= _SIGNED_SINCE and bool(spec.get("operatorKey"))
