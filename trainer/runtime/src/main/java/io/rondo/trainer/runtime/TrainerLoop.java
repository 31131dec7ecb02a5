package io.rondo.trainer.runtime;

import io.rondo.log.EvaluationReported;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorVersion;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.text.LogKeys;
import io.rondo.trainer.api.TrainingReport;
import io.rondo.trainer.runtime.follow.FollowerProgress;
import io.rondo.trainer.runtime.follow.FollowerStep;
import io.rondo.trainer.runtime.follow.RoundFollower;
import io.rondo.trainer.runtime.state.ChainPin;
import io.rondo.trainer.runtime.state.PendingUpdate;
import io.rondo.trainer.runtime.state.StateDirectory;
import io.rondo.trainer.runtime.state.TrainerState;
import io.rondo.trainer.runtime.upload.UpdateHeader;
import io.rondo.trainer.runtime.upload.UploadedUpdate;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incarnation of a trainer in one job, from joining to leaving. {@link RoundFollower} decides what to do next; this
 * class does it, in a crash-safe order: train, save, send the chunks, send the manifest. Used by one thread.
 */
final class TrainerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerLoop.class);
    private static final Duration IDLE = Duration.ofMillis(200);
    /** Enough for records that the client has received meanwhile. */
    private static final Duration AT_ONCE = Duration.ofMillis(10);

    private static final Duration ANNOUNCE = Duration.ofMinutes(1);
    private static final Duration LEAVE = Duration.ofSeconds(5);

    /** Failures after which the trainer does not leave: it is already removed, or cannot trust the log. */
    private static final Set<ErrorCode> SAYS_NOTHING = Set.of(
            ErrorCode.TRAINER_FENCED,
            ErrorCode.JOIN_REFUSED,
            ErrorCode.KEY_MISMATCH,
            ErrorCode.SIGNATURE_INVALID,
            ErrorCode.LOG_REWRITTEN);

    /** The state of the pending update in this process. */
    private enum Delivery {
        NONE,
        /**
         * To be sent under another attempt: restored from an earlier process, or refused for a reason that no longer
         * applies.
         */
        AGAIN,
        TRAINED,
        SENT
    }

    private final String trainerId;
    private final boolean headOnlyBaseline;
    private final Optional<SitePolicy> policy;
    private final TrainerLog log;
    private final FederatedJob job;
    private final Plugin trainer;
    private final StateDirectory directory;
    private final TrainerListener listener;
    private final BooleanSupplier stopped;

    private final String incarnation = UUID.randomUUID().toString();
    private final RoundFollower follower;
    private final GlobalTensors global = new GlobalTensors();
    private Optional<TrainerState> state;
    private Delivery delivery;
    private int syncedRound = -1;
    private boolean baselineMeasured;

    TrainerLoop(
            TrainerServiceSettings settings,
            TrainerLog log,
            Plugin trainer,
            StateDirectory directory,
            TrainerListener listener,
            BooleanSupplier stopped) {
        this.trainerId = settings.site().trainerId();
        this.headOnlyBaseline = settings.site().headOnlyBaseline();
        this.policy = settings.policy();
        this.log = log;
        this.job = log.job();
        this.trainer = trainer;
        this.directory = directory;
        this.listener = listener;
        this.stopped = stopped;
        this.follower = new RoundFollower(job.uuid(), trainerId, incarnation);
        this.state = directory.load();
        this.state.ifPresent(this::requireOwn);
        this.delivery = state.flatMap(TrainerState::pending).isPresent() ? Delivery.AGAIN : Delivery.NONE;
    }

    /** Serves until the job is over or the service is stopped. */
    void run() {
        state.ifPresent(saved -> trainer.load(saved.parameters()));
        Optional<ChainPin> pin = directory.pin();
        List<SpecificRecord> known =
                log.recentRounds(pin.filter(saved -> saved.jobUuid().equals(job.uuid())).stream()
                        .mapToInt(ChainPin::round)
                        .findFirst());
        pin.ifPresent(saved -> saved.require(job.uuid(), job.spec(), known));
        known.forEach(follower::apply);
        forgetWhatIsOver();
        join();
        try {
            serve();
            leave(stopped.getAsBoolean() ? "stopped" : "finished");
        } catch (RondoException e) {
            if (!SAYS_NOTHING.contains(e.code())) {
                leave(e.code().id());
            }
            throw e;
        }
    }

    private void serve() {
        Duration patience = AT_ONCE;
        while (!stopped.getAsBoolean()) {
            // all existing records are read before any step is taken, so that past rounds are skipped
            if (follow(patience)) {
                patience = AT_ONCE;
                continue;
            }
            FollowerStep step = follower.next(progress());
            switch (step.kind()) {
                case SYNCHRONISE -> {
                    RoundPublished published = ((FollowerStep.Synchronise) step).published();
                    LogKeys.ofRound(published.getRound()).run(() -> synchronise(published));
                }
                case TRAIN -> {
                    RoundOpened round = ((FollowerStep.Train) step).round();
                    LogKeys.ofRound(round.getRound()).run(() -> train(round));
                }
                case SEND -> {
                    RoundOpened round = ((FollowerStep.Send) step).round();
                    LogKeys.ofRound(round.getRound()).run(() -> send(round));
                }
                case WAIT -> {}
                case FINISH -> {
                    finish();
                    return;
                }
                case FAIL -> throw aborted((FollowerStep.Fail) step);
            }
            patience = step.kind() == FollowerStep.Kind.WAIT ? IDLE : AT_ONCE;
        }
    }

    private FollowerProgress progress() {
        OptionalInt pending = delivery == Delivery.AGAIN || delivery == Delivery.TRAINED
                ? OptionalInt.of(pending().round())
                : OptionalInt.empty();
        return new FollowerProgress(
                syncedRound, state.map(TrainerState::trainedRound).orElse(0), pending);
    }

    private PendingUpdate pending() {
        return state.flatMap(TrainerState::pending)
                .orElseThrow(() -> new IllegalStateException("no update is pending, delivery is " + delivery));
    }

    /** Returns whether there were new records. */
    private boolean follow(Duration timeout) {
        List<SpecificRecord> news = log.awaitRounds(timeout);
        news.forEach(follower::apply);
        follower.takeRejections().forEach(this::tell);
        follower.takeJoinRefusal().ifPresent(this::fail);
        follower.successor().ifPresent(successor -> {
            throw fenced("incarnation " + successor + " has joined");
        });
        follower.takeExtension().ifPresent(this::tell);
        forgetWhatIsOver();
        if (follower.takeRetry() && delivery == Delivery.SENT) {
            delivery = Delivery.AGAIN;
        }
        if (follower.isRevoked()) {
            throw new RondoException(
                    ErrorCode.KEY_MISMATCH,
                    "the operator has revoked the last key of trainer '" + trainerId + "'",
                    "have the operator add another key with `rondo keys add`, and start with its file");
        }
        if (follower.takeRemoval()) {
            LOG.warn("trainer {} has missed too many rounds and is out of the cohort; it joins again", trainerId);
            join();
        }
        return !news.isEmpty();
    }

    private void tell(UpdateRejected rejected) {
        LogKeys.ofRound(rejected.getRound()).attempt(rejected.getAttempt()).run(() -> {
            LOG.warn(
                    "update of round {} rejected: {}, {}",
                    rejected.getRound(),
                    rejected.getReason(),
                    rejected.getDetail());
            listener.rejected(rejected.getRound(), rejected.getReason(), rejected.getDetail());
        });
        if (rejected.getReason().equals(RejectionReason.FENCED.id())) {
            throw fenced(rejected.getDetail());
        }
    }

    private RondoException fenced(String detail) {
        listener.fenced(trainerId);
        return new RondoException(
                ErrorCode.TRAINER_FENCED,
                "a newer process serves as trainer '" + trainerId + "': " + detail,
                "let one process run for each trainer id; give this one another id if it is another site");
    }

    private void fail(InputRefused refused) {
        if (refused.getReason().equals(RejectionReason.FENCED.id())) {
            throw fenced(refused.getDetail());
        }
        throw new RondoException(
                ErrorCode.JOIN_REFUSED,
                "the aggregator does not admit trainer '" + trainerId + "': " + refused.getReason() + ", "
                        + refused.getDetail(),
                "the table of reasons in docs/errors.md says what each asks for");
    }

    /** Reports why the round was extended, if the log has the reason. */
    private void tell(RoundExtended extended) {
        if (extended.getUpdates() >= 0) {
            Duration more = Duration.ofMillis(
                    extended.getDeadline() - extended.getHeader().getDecidedAt());
            listener.waiting(extended.getRound(), extended.getUpdates(), extended.getWaitsFor(), more);
        }
    }

    /** An update whose round is over is discarded. The trained B and head are kept. */
    private void forgetWhatIsOver() {
        if (delivery == Delivery.NONE || follower.isOpen(pending().round())) {
            return;
        }
        if (delivery == Delivery.TRAINED) {
            listener.tooLate(pending().round());
        }
        state = state.map(saved -> saved.withPending(Optional.empty()));
        delivery = Delivery.NONE;
    }

    private void synchronise(RoundPublished published) {
        // tensors shared only in round 0 initialize a new trainer and are local from then on
        boolean fresh = state.isEmpty() && syncedRound < 0;
        Set<String> names = fresh
                ? published.getTensors().stream().map(TensorVersion::getName).collect(Collectors.toSet())
                : job.everShared();
        global.advance(published, names, follower::publication, log::adapter);
        trainer.load(global.of(names));
        syncedRound = published.getRound();
        directory.pin(ChainPin.of(published, job.spec()));
        listener.adapterLoaded(syncedRound);
        // with the B and the head of a later round the metrics would belong to neither round
        if (progress().trainedRound() <= syncedRound) {
            evaluate(syncedRound == job.spec().getRounds());
        }
    }

    private void evaluate(boolean withBaseline) {
        Map<String, Double> metrics = new LinkedHashMap<>(trainer.evaluate());
        if (withBaseline && headOnlyBaseline && !baselineMeasured) {
            metrics.putAll(trainer.headOnlyBaseline());
            baselineMeasured = true;
        }
        log.announce(
                new EvaluationReported(
                        job.uuid(), syncedRound, trainerId, incarnation, new HashMap<>(leaving(metrics)), null),
                ANNOUNCE);
        listener.evaluated(syncedRound, metrics);
    }

    private void train(RoundOpened round) {
        int number = round.getRound();
        policy.ifPresent(rules -> rules.require(round));
        // the shared tensors still contain the training of a failed round
        trainer.load(global.of(job.everShared()));
        if (state.isEmpty() && number > 1 && job.spec().getLocalWarmUpSteps() > 0) {
            trainer.warmUp(number, job.notLocal(number));
        }
        TrainingReport report = trainer.train(number, job.frozen(number));
        listener.trained(number, report);
        List<Tensor> parameters = trainer.parameters();
        Map<String, Tensor> byName = parameters.stream().collect(Collectors.toMap(Tensor::name, Function.identity()));
        FiniteValues.require(number, job.dtype(number), parameters);
        PendingUpdate update = new PendingUpdate(
                number,
                round.getBaseRound(),
                newAttempt(),
                report.numExamples(),
                leaving(report.metrics()),
                job.flat(number).flatten(byName));
        save(new TrainerState(
                job.uuid(), job.layout().digest(), trainerId, syncedRound, number, parameters, Optional.of(update)));
        directory.succeeded();
        delivery = Delivery.TRAINED;
    }

    /** The metrics that the site's policy allows to leave. */
    private Map<String, Double> leaving(Map<String, Double> metrics) {
        return policy.map(rules -> rules.allowed(metrics)).orElse(metrics);
    }

    private void send(RoundOpened round) {
        if (delivery == Delivery.AGAIN) {
            listener.resuming(round.getRound());
            save(state.orElseThrow().withPending(Optional.of(pending().withAttempt(newAttempt()))));
        }
        PendingUpdate update = pending();
        follower.sending(update.attempt());
        FlatLayout layout = job.flat(update.round());
        long start = System.nanoTime();
        LogKeys.ofRound(update.round()).attempt(update.attempt()).run(() -> {
            UploadedUpdate uploaded = log.upload(header(update), layout, update.values());
            delivery = Delivery.SENT;
            listener.uploaded(update.round(), uploaded.bytes(), (System.nanoTime() - start) / 1_000_000);
        });
    }

    private UpdateHeader header(PendingUpdate update) {
        return new UpdateHeader(
                job.uuid(),
                update.round(),
                update.baseRound(),
                trainerId,
                incarnation,
                update.attempt(),
                update.numExamples(),
                job.dtype(update.round()),
                update.metrics());
    }

    private void save(TrainerState next) {
        directory.save(next);
        state = Optional.of(next);
    }

    private void finish() {
        if (headOnlyBaseline && !baselineMeasured && syncedRound >= 0) {
            evaluate(true);
        }
        listener.finished(job.spec().getRounds());
    }

    private void join() {
        log.announce(
                TrainerJoined.newBuilder()
                        .setJobUuid(job.uuid())
                        .setTrainer(trainerId)
                        .setIncarnation(incarnation)
                        .setLayoutDigest(job.layout().digest())
                        .setLastSyncRound(lastSyncRound())
                        .setSoftware("rondo-trainer-sdk, " + trainer.name())
                        .build(),
                ANNOUNCE);
        listener.joined(trainerId, incarnation, lastSyncRound());
    }

    private int lastSyncRound() {
        return state.map(TrainerState::lastSyncRound).orElse(-1);
    }

    /**
     * Leaves, so that the others' rounds close without this trainer. A failure is ignored: the deadline has the same effect.
     */
    private void leave(String reason) {
        try {
            log.announce(new TrainerLeft(job.uuid(), trainerId, incarnation, reason, null), LEAVE);
        } catch (RuntimeException e) {
            LOG.warn("could not tell that trainer {} leaves ({})", trainerId, reason, e);
        }
    }

    private void requireOwn(TrainerState saved) {
        boolean own = saved.jobUuid().equals(job.uuid())
                && saved.layoutDigest().equals(job.layout().digest())
                && saved.trainer().equals(trainerId);
        if (!own) {
            throw new RondoException(
                    ErrorCode.DIRECTORY_OF_ANOTHER_JOB,
                    "the state directory holds trainer '" + saved.trainer() + "' of job " + saved.jobUuid()
                            + ", this is trainer '" + trainerId + "' of job " + job.uuid(),
                    "give each trainer of each job its own directory");
        }
    }

    private static RondoException aborted(FollowerStep.Fail fail) {
        return new RondoException(
                ErrorCode.JOB_FAILED,
                "the job was aborted: " + (fail.reason().isEmpty() ? "no reason was given" : fail.reason()),
                "submit a new job when the cause is gone");
    }

    private static String newAttempt() {
        return UUID.randomUUID().toString();
    }
}
