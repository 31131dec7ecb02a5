"""A trainer as a service: joins a job, takes part in its rounds, and returns when the job is over."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from rondo import restarts
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.follow import Fail, Finish, Progress, RoundFollower, Send, Step, Synchronise, Train, Wait
from rondo.identifiers import require_job, require_trainer
from rondo.job import Job, await_job, await_key
from rondo.plugin import Factory, Plugin, Report, Site, check_layout, check_model, require_finite, require_plausible
from rondo.policy import SitePolicy
from rondo.signing import Signer, SigningKey
from rondo.state import ChainPin, PendingUpdate, StateDirectory, TrainerState
from rondo.tensors import Floats
from rondo.trainer_log import KafkaTrainerLog
from rondo.upload import Header
from rondo.wire import Codec, Record

SOFTWARE = "rondo-trainer-python"
JOB_PATIENCE_SECONDS = 60.0

_LOG = logging.getLogger("rondo.trainer")
_IDLE = 0.2
_AT_ONCE = 0.01
_ANNOUNCE = 60.0
_SAYS_NOTHING = ("trainer-fenced", "join-refused", "key-mismatch", "signature-invalid", "log-rewritten")
_LEAVE = 5.0


@dataclass(frozen=True)
class Settings:
    """What one trainer service is told."""

    connection: Connection
    job: str
    site: Site
    state_directory: Path
    job_patience: float = JOB_PATIENCE_SECONDS
    key: SigningKey | None = None
    policy: SitePolicy = field(default_factory=lambda: SitePolicy([]))

    def __post_init__(self) -> None:
        require_job(self.job)
        require_trainer(self.site.trainer)


class Listener:
    """Hears what a trainer service does, on the service's thread."""

    def waiting_for_job(self, job: str) -> None:
        """No job of this name is in the log yet."""

    def pausing(self, failures: int, seconds: float) -> None:
        """Processes of this trainer have failed in a row, and this one waits before it joins."""

    def joined(self, trainer: str, incarnation: str, last_sync_round: int) -> None:
        """The trainer has joined; -1 stands for a new one."""

    def adapter_loaded(self, round_number: int) -> None:
        """The global adapter of a round is loaded."""

    def evaluated(self, round_number: int, metrics: Mapping[str, float]) -> None:
        """The global adapter of a round is evaluated, and the metrics are sent."""

    def trained(self, round_number: int, report: Report) -> None:
        """A round is trained; its update is not saved yet."""

    def resuming(self, round_number: int) -> None:
        """An update is sent again, under a new attempt."""

    def uploaded(self, round_number: int, size: int, millis: int) -> None:
        """An update is in the log."""

    def too_late(self, round_number: int) -> None:
        """A trained update was not sent, because its round was over before."""

    def rejected(self, round_number: int, reason: str, detail: str) -> None:
        """The aggregator refused an update of this process."""

    def waiting(self, round_number: int, updates: int, waits_for: Sequence[str], seconds: float) -> None:
        """The open round continues beyond its deadline, since too few updates came."""

    def fenced(self, trainer: str) -> None:
        """A newer process of the same trainer has taken its place; the service stops."""

    def finished(self, rounds: int) -> None:
        """The job is finished, and its last round is evaluated."""


class _Delivery(Enum):
    """What this process did with the pending update."""

    NONE = auto()
    AGAIN = auto()
    TRAINED = auto()
    SENT = auto()


class TrainerService:
    """Run by one thread; :meth:`stop` may be called by any other, or by a signal."""

    def __init__(self, settings: Settings, factory: Factory, listener: Listener | None = None) -> None:
        self._settings = settings
        self._factory = factory
        self._listener = listener or Listener()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Asks the service to leave the job: at once, or when the round of training under way is saved."""
        self._stopped.set()

    def run(self) -> None:
        """Serves until the job is finished or :meth:`stop` is called. A second start resumes where the first ended."""
        settings = self._settings
        directory = StateDirectory(settings.state_directory)
        try:
            restarts.wait(directory, self._stopped, self._listener.pausing)
            codec = settings.connection.codec()
            job = await_job(
                settings.connection,
                codec,
                settings.job,
                patience=settings.job_patience,
                stopped=self._stopped.is_set,
                waiting=lambda: self._listener.waiting_for_job(settings.job),
            )
            if job is not None and not self._stopped.is_set():
                self._serve(job, codec, directory)
        except RondoError as failure:
            restarts.note(directory, failure)
            raise
        finally:
            directory.close()

    def _serve(self, job: Job, codec: Codec, directory: StateDirectory) -> None:
        self._settings.policy.require_job(job.spec)
        signer = self._signer(job, codec)
        plugin = Plugin(self._factory, job, self._settings.site)
        try:
            for problem in (check_layout(plugin, job), check_model(plugin, job)):
                if problem is not None:
                    raise problem
            log = KafkaTrainerLog(self._settings.connection, codec, job, signer)
            try:
                _Loop(
                    self._settings,
                    log,
                    plugin,
                    directory=directory,
                    listener=self._listener,
                    stopped=self._stopped,
                ).run()
            finally:
                log.close()
        finally:
            plugin.close()

    def _signer(self, job: Job, codec: Codec) -> Signer:
        settings = self._settings
        signer = Signer.of(job.spec, settings.key)
        if settings.key is not None:
            await_key(
                settings.connection,
                codec,
                job,
                settings.site.trainer,
                settings.key,
                patience=settings.job_patience,
                stopped=self._stopped.is_set,
            )
        return signer


class _GlobalTensors:
    """The current value of every shared tensor. Only the rounds that are news are read."""

    def __init__(self) -> None:
        self._values: dict[str, Floats] = {}
        self._versions: dict[str, int] = {}

    def advance(
        self,
        latest: Record,
        names: frozenset[str],
        publications: Callable[[int], Record],
        adapters: Callable[[Record], dict[str, Floats]],
    ) -> None:
        news: dict[int, list[str]] = {}
        for version in latest["tensors"]:
            name, number = version["name"], version["round"]
            if name in names and self._versions.get(name) != number:
                news.setdefault(number, []).append(name)
        # oldest first: a reader of the log goes forward only
        for number in sorted(news):
            adapter = adapters(publications(number))
            for name in news[number]:
                require_plausible(number, name, adapter[name])
                self._values[name] = adapter[name]
                self._versions[name] = number

    def of(self, names: frozenset[str]) -> dict[str, Floats]:
        """Those of the named tensors that are known."""
        return {name: self._values[name] for name in sorted(names) if name in self._values}


class _Loop:
    """One incarnation of a trainer in one job: train, save, send the chunks, send the manifest."""

    def __init__(
        self,
        settings: Settings,
        log: KafkaTrainerLog,
        plugin: Plugin,
        *,
        directory: StateDirectory,
        listener: Listener,
        stopped: threading.Event,
    ) -> None:
        self._trainer = settings.site.trainer
        self._head_only = settings.site.head_only_baseline
        self._policy = settings.policy
        self._log = log
        self._job = log.job
        self._plugin = plugin
        self._directory = directory
        self._listener = listener
        self._stopped = stopped
        self._incarnation = str(uuid.uuid4())
        self._follower = RoundFollower(self._job.uuid, self._trainer, self._incarnation)
        self._global = _GlobalTensors()
        self._state = directory.load()
        if self._state is not None:
            self._require_own(self._state)
        pending = self._state is not None and self._state.pending is not None
        self._delivery = _Delivery.AGAIN if pending else _Delivery.NONE
        self._synced = -1
        self._baseline_measured = False

    def run(self) -> None:
        if self._state is not None:
            self._plugin.load(self._state.parameters)
        pin = self._directory.pin()
        known = self._log.recent_rounds(None if pin is None or pin.job_uuid != self._job.uuid else pin.round)
        if pin is not None:
            pin.require(self._job.uuid, self._job.spec, known)
        for record in known:
            self._follower.apply(record)
        self._forget_what_is_over()
        self._join()
        try:
            self._serve()
            self._leave("stopped" if self._stopped.is_set() else "finished")
        except RondoError as failure:
            if failure.code not in _SAYS_NOTHING:
                self._leave(failure.code)
            raise

    def _serve(self) -> None:
        patience = _AT_ONCE
        while not self._stopped.is_set():
            # all that is there is read before anything is done: history is skipped, not lived through
            if self._follow(patience):
                patience = _AT_ONCE
                continue
            step: Step = self._follower.next(self._progress())
            match step:
                case Synchronise():
                    self._synchronise(step.published)
                case Train():
                    self._train(step.opened)
                case Send():
                    self._send(step.opened)
                case Wait():
                    pass
                case Finish():
                    self._finish()
                    return
                case Fail():
                    raise RondoError(
                        "job-failed",
                        f"the job was aborted: {step.reason or 'no reason was given'}",
                        "submit a new job when the cause is gone",
                    )
            patience = _IDLE if isinstance(step, Wait) else _AT_ONCE

    def _progress(self) -> Progress:
        due = self._delivery in (_Delivery.AGAIN, _Delivery.TRAINED)
        trained = 0 if self._state is None else self._state.trained_round
        return Progress(self._synced, trained, self._pending().round if due else None)

    def _pending(self) -> PendingUpdate:
        assert self._state is not None
        assert self._state.pending is not None
        return self._state.pending

    def _follow(self, seconds: float) -> bool:
        """Whether there was news."""
        news = self._log.await_rounds(seconds)
        for record in news:
            self._follower.apply(record)
        for rejection in self._follower.take_rejections():
            self._tell(rejection)
        if (refusal := self._follower.take_join_refusal()) is not None:
            raise self._refused(refusal)
        if self._follower.successor is not None:
            raise self._fenced(f"incarnation {self._follower.successor} has joined")
        if (extended := self._follower.take_extension()) is not None and extended.fields.get("updates", -1) >= 0:
            more = (extended["deadline"] - extended["header"]["decidedAt"]) / 1000
            self._listener.waiting(extended["round"], extended["updates"], extended["waitsFor"], more)
        self._forget_what_is_over()
        if self._follower.take_retry() and self._delivery is _Delivery.SENT:
            self._delivery = _Delivery.AGAIN
        if self._follower.revoked:
            raise RondoError(
                "key-mismatch",
                f"the operator has revoked the last key of trainer '{self._trainer}'",
                "have the operator add another key with `rondo keys add`, and start with its file",
            )
        if self._follower.take_removal():
            _LOG.warning(
                "trainer %s has missed too many rounds and is out of the cohort; it joins again", self._trainer
            )
            self._join()
        return bool(news)

    def _tell(self, rejected: Record) -> None:
        self._listener.rejected(rejected["round"], rejected["reason"], rejected["detail"])
        if rejected["reason"] == "fenced":
            raise self._fenced(rejected["detail"])

    def _fenced(self, detail: str) -> RondoError:
        self._listener.fenced(self._trainer)
        return RondoError(
            "trainer-fenced",
            f"a newer process serves as trainer '{self._trainer}': {detail}",
            "let one process run for each trainer id; give this one another id if it is another site",
        )

    def _refused(self, join: Record) -> RondoError:
        if join["reason"] == "fenced":
            return self._fenced(join["detail"])
        return RondoError(
            "join-refused",
            f"the aggregator does not admit trainer '{self._trainer}': {join['reason']}, {join['detail']}",
            "the table of reasons in docs/errors.md says what each asks for",
        )

    def _forget_what_is_over(self) -> None:
        """An update whose round is over is of no use to anyone. What training made of B and head stays."""
        if self._delivery is _Delivery.NONE or self._follower.is_open(self._pending().round):
            return
        if self._delivery is _Delivery.TRAINED:
            self._listener.too_late(self._pending().round)
        assert self._state is not None
        self._state = self._state.with_pending(None)
        self._delivery = _Delivery.NONE

    def _synchronise(self, published: Record) -> None:
        # what is shared in round 0 alone is where a new trainer starts, and its own from there on
        fresh = self._state is None and self._synced < 0
        names = frozenset(version["name"] for version in published["tensors"]) if fresh else self._job.ever_shared()
        self._global.advance(published, names, self._follower.publication, self._log.adapter)
        self._plugin.load(self._global.of(names))
        self._synced = published["round"]
        self._directory.save_pin(ChainPin.of(published, self._job.spec))
        self._listener.adapter_loaded(self._synced)
        # with the B and the head of a later round the figures would be of neither
        if self._progress().trained_round <= self._synced:
            self._evaluate(self._synced == self._job.spec["rounds"])

    def _evaluate(self, with_baseline: bool) -> None:
        metrics = self._plugin.evaluate()
        if with_baseline and self._head_only and not self._baseline_measured:
            metrics |= self._plugin.head_only_baseline()
            self._baseline_measured = True
        if not metrics:
            return
        fields = {
            "jobUuid": self._job.uuid,
            "round": self._synced,
            "trainer": self._trainer,
            "incarnation": self._incarnation,
            "metrics": self._policy.allowed(metrics),
        }
        self._log.uploader.announce(Record("EvaluationReported", fields), _ANNOUNCE)
        self._listener.evaluated(self._synced, metrics)

    def _train(self, opened: Record) -> None:
        number = opened["round"]
        self._policy.require_round(opened)
        # a round that failed has left its training in the shared tensors
        self._plugin.load(self._global.of(self._job.ever_shared()))
        if self._state is None and number > 1 and self._job.spec["localWarmUpSteps"] > 0:
            self._plugin.warm_up(number, self._job.not_local(number))
        report = self._plugin.train(number, self._job.frozen(number))
        self._listener.trained(number, report)
        parameters = self._plugin.parameters()
        require_finite(number, self._job.dtype(number), parameters)
        pending = PendingUpdate(
            number,
            opened["baseRound"],
            str(uuid.uuid4()),
            report.num_examples,
            {name: float(value) for name, value in self._policy.allowed(report.metrics).items()},
            self._job.flat(number).flatten(parameters),
        )
        self._save(
            TrainerState(
                self._job.uuid, self._job.layout.digest, self._trainer, self._synced, number, parameters, pending
            )
        )
        self._directory.succeeded()
        self._delivery = _Delivery.TRAINED

    def _send(self, opened: Record) -> None:
        if self._delivery is _Delivery.AGAIN:
            self._listener.resuming(opened["round"])
            assert self._state is not None
            self._save(self._state.with_pending(replace(self._pending(), attempt=str(uuid.uuid4()))))
        update = self._pending()
        self._follower.sending(update.attempt)
        header = Header(
            update.round,
            update.base_round,
            self._trainer,
            self._incarnation,
            update.attempt,
            update.num_examples,
            update.metrics,
        )
        start = time.monotonic()
        size = self._log.uploader.upload(header, update.values)
        self._delivery = _Delivery.SENT
        self._listener.uploaded(update.round, size, round((time.monotonic() - start) * 1000))

    def _save(self, state: TrainerState) -> None:
        self._directory.save(state)
        self._state = state

    def _finish(self) -> None:
        if self._head_only and not self._baseline_measured and self._synced >= 0:
            self._evaluate(True)
        self._listener.finished(self._job.spec["rounds"])

    def _join(self) -> None:
        last = -1 if self._state is None else self._state.last_sync_round
        fields = {
            "jobUuid": self._job.uuid,
            "trainer": self._trainer,
            "incarnation": self._incarnation,
            "layoutDigest": self._job.layout.digest,
            "lastSyncRound": last,
            "software": f"{SOFTWARE}, {self._plugin.name}",
        }
        self._log.uploader.announce(Record("TrainerJoined", fields), _ANNOUNCE)
        self._listener.joined(self._trainer, self._incarnation, last)

    def _leave(self, reason: str) -> None:
        """Lets the others' rounds close without this trainer. Not worth a failure: a deadline does the same."""
        fields = {
            "jobUuid": self._job.uuid,
            "trainer": self._trainer,
            "incarnation": self._incarnation,
            "reason": reason,
        }
        try:
            self._log.uploader.announce(Record("TrainerLeft", fields), _LEAVE)
        except RondoError as failure:
            _LOG.warning("could not tell that trainer %s leaves (%s): %s", self._trainer, reason, failure)

    def _require_own(self, saved: TrainerState) -> None:
        own = (
            saved.job_uuid == self._job.uuid
            and saved.layout_digest == self._job.layout.digest
            and saved.trainer == self._trainer
        )
        if not own:
            raise RondoError(
                "directory-of-another-job",
                f"the state directory holds trainer '{saved.trainer}' of job {saved.job_uuid}, this is trainer"
                f" '{self._trainer}' of job {self._job.uuid}",
                "give each trainer of each job its own directory",
            )
