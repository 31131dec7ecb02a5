"""Whether records that had an effect are signed by keys that counted then (section 8 of the wire contract)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rondo import signing
from rondo.identifiers import SUBMITTER
from rondo.source import LogEntry
from rondo.verification.report import Report
from rondo.wire import Record


class SignatureCheck:
    """Takes the decisions of one job in their order. What was refused for its signature is passed over: it did nothing.

    The order of the signers' numbers and the rounds that records answer are not decided again here.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._operator = ""
        self._aggregator = ""
        self._keys: dict[str, list[str]] = {}

    def decision(self, decision: Record, entry: LogEntry | None) -> None:
        if decision.type == "JobStarted":
            self._use(decision["spec"])
        if not self._operator:
            return
        if decision.type == "RoundOpened":
            self._require(decision, [self._aggregator] if self._aggregator else None, f"round {decision['round']}")
        answered = None if entry is None or decision.type == "InputRefused" else entry.record()
        if answered is not None and decision["header"]["source"]["topic"] in ("commands", "manifests"):
            self._require(answered, self._signers(answered), f"decision {decision['header']['sequence']}")
        self._note(decision)

    def publication(self, published: Record) -> None:
        if not self._aggregator:
            return
        where = f"round {published['round']}"
        self._require(published, [self._aggregator], where)
        receipt = signing.receipt_problem(published, self._aggregator)
        if receipt is not None:
            self._report.differs(f"the RoundPublished of {where}: {receipt}")

    def _use(self, spec: Mapping[str, Any]) -> None:
        self._operator = spec.get("operatorKey", "")
        self._aggregator = spec.get("aggregatorKey", "")

    def _signers(self, record: Record) -> list[str]:
        """The operator signs commands and round 0, each trainer what it says itself."""
        trainer = record.fields.get("trainer")
        of_operator = trainer is None or record.type.startswith("TrainerKey")
        initial = record.type == "UpdateManifest" and (trainer, record["round"]) == (SUBMITTER, 0)
        return [self._operator] if of_operator or initial else self._keys.get(str(trainer), [])

    def _note(self, decision: Record) -> None:
        if decision.type == "TrainerKeyAdded":
            self._keys.setdefault(decision["trainer"], []).append(decision["publicKey"])
        elif decision.type == "TrainerKeyRevoked":
            self._keys[decision["trainer"]] = [
                key for key in self._keys.get(decision["trainer"], []) if key != decision["publicKey"]
            ]

    def _require(self, record: Record, keys: list[str] | None, where: str) -> None:
        wrong = None if keys is None else signing.problem(record, keys)
        if wrong is not None:
            self._report.differs(f"the {record.type} of {where} is not signed by a key that counts: {wrong}")
