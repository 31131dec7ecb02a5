package io.rondo.aggregator.round;

import io.rondo.log.DecisionHeader;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.Sha256;
import io.rondo.log.TensorVersion;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorShape;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** What follows from the decisions so far. Changes by {@link #apply} alone, live and in recovery alike. */
final class JobState {

    enum Status {
        AWAITED,
        RUNNING,
        PAUSED,
        FINISHED,
        ABORTED
    }

    private Status status = Status.AWAITED;
    private JobStarted started;
    private AdapterLayout layout;
    private SharingPolicy policy;
    private final SortedMap<String, String> admitted = new TreeMap<>();
    private final Set<String> endedIncarnations = new HashSet<>();
    private RoundPhase phase = new RoundPhase.None();
    private int lastRound = -1;
    private int lastPublished = -1;
    private final Map<String, Integer> versions = new LinkedHashMap<>();
    private long nextSequence;
    private long chainedFrom;
    private final Chain chain = new Chain();
    private final Map<InputTopic, Long> answered = new EnumMap<>(InputTopic.class);
    private long partsBeforeClose = -1;

    /**
     * Applies a decision.
     *
     * @throws IllegalStateException when it does not follow on those before it
     */
    void apply(SpecificRecord decision, Sha256 bodyDigest) {
        DecisionHeader header = DecisionKind.header(decision);
        if (header.getSequence() != nextSequence) {
            throw new IllegalStateException(
                    "decision " + header.getSequence() + " where " + nextSequence + " has to come: " + decision);
        }
        nextSequence++;
        InputTopic.of(header.getSource().getTopic())
                .ifPresent(topic -> answered.merge(topic, header.getSource().getOffset(), Math::max));
        if (decision instanceof RoundCompleted completed) {
            // its own link belongs to the next value, since this one is already in what was published
            chain.published(completed.getPublishedDigest());
            chainedFrom = header.getSequence();
        }
        chain.add(header.getSource().getBodyDigest(), bodyDigest);
        applyEffect(decision);
    }

    private void applyEffect(SpecificRecord decision) {
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> start((JobStarted) decision);
            case TRAINER_ADMITTED -> {
                TrainerAdmitted admission = (TrainerAdmitted) decision;
                String replaced = admitted.put(admission.getTrainer(), admission.getIncarnation());
                if (replaced != null) {
                    endedIncarnations.add(replaced);
                }
            }
            case TRAINER_REMOVED -> {
                TrainerRemoved removal = (TrainerRemoved) decision;
                admitted.remove(removal.getTrainer());
                endedIncarnations.add(removal.getIncarnation());
            }
            case ROUND_OPENED -> {
                RoundOpened opened = (RoundOpened) decision;
                phase = RoundPhase.Open.of(opened);
                lastRound = opened.getRound();
            }
            case UPDATE_ACCEPTED -> phase = openRound().accept((UpdateAccepted) decision);
            case UPDATE_REJECTED -> {
                UpdateRejected rejection = (UpdateRejected) decision;
                if (rejection.getRevoked()) {
                    revoke(rejection.getAttempt());
                }
            }
            case ROUND_CLOSED -> close((RoundClosed) decision);
            case ROUND_REOPENED -> phase = closedRound().reopen(((RoundReopened) decision).getDeadline());
            case ROUND_EXTENDED -> phase = openRound().extend(((RoundExtended) decision).getDeadline());
            case ROUND_COMPLETED -> complete((RoundCompleted) decision);
            case ROUND_FAILED -> {
                lastRound = ((RoundFailed) decision).getRound();
                phase = new RoundPhase.None();
            }
            case JOB_PAUSED -> status = Status.PAUSED;
            case JOB_RESUMED -> status = Status.RUNNING;
            case JOB_FINISHED -> status = Status.FINISHED;
            case JOB_ABORTED -> status = Status.ABORTED;
            case EVALUATION_RECORDED, INPUT_REFUSED -> {}
        }
    }

    private void start(JobStarted decision) {
        started = decision;
        layout = AdapterLayout.fromAvro(decision.getLayout());
        policy = SharingPolicy.of(decision.getSpec());
        status = Status.RUNNING;
    }

    private void revoke(String attempt) {
        if (phase instanceof RoundPhase.Closed closed) {
            phase = closed.revoke(attempt);
        } else {
            phase = openRound().revoke(attempt);
        }
    }

    private void close(RoundClosed decision) {
        partsBeforeClose = answered(InputTopic.PARTS);
        if (phase instanceof RoundPhase.Closed closed) {
            phase = closed.closeAgain(decision);
        } else {
            phase = openRound().close(decision);
        }
    }

    private void complete(RoundCompleted decision) {
        int round = decision.getRound();
        flatLayout(round).tensors().stream().map(TensorShape::name).forEach(name -> versions.put(name, round));
        lastPublished = round;
        phase = new RoundPhase.None();
    }

    /** Notes a part; no decision follows from one part alone, so it is not in the log of decisions. */
    void note(RoundPhase.Closed withPart) {
        phase = withPart;
    }

    private RoundPhase.Open openRound() {
        if (phase instanceof RoundPhase.Open open) {
            return open;
        }
        throw new IllegalStateException("no round is open: " + phase);
    }

    private RoundPhase.Closed closedRound() {
        if (phase instanceof RoundPhase.Closed closed) {
            return closed;
        }
        throw new IllegalStateException("no round is closed: " + phase);
    }

    Status status() {
        return status;
    }

    /** Whether rounds may still open or go on. */
    boolean isAlive() {
        return status == Status.RUNNING || status == Status.PAUSED;
    }

    JobSpec spec() {
        return started.getSpec();
    }

    String jobUuid() {
        return started.getJobUuid();
    }

    Sha256 layoutDigest() {
        return started.getLayoutDigest();
    }

    /** The flat vector of a round. */
    FlatLayout flatLayout(int round) {
        return FlatLayout.of(layout, policy, round, spec().getChunkBytes() / Float.BYTES, spec().getPartitions());
    }

    SortedMap<String, String> admitted() {
        return admitted;
    }

    boolean hasEnded(String incarnation) {
        return endedIncarnations.contains(incarnation);
    }

    RoundPhase phase() {
        return phase;
    }

    /** The last round that was opened, or -1. */
    int lastRound() {
        return lastRound;
    }

    /** The last round that was published, or -1. */
    int lastPublished() {
        return lastPublished;
    }

    /** The round that holds the current value of each tensor, once {@code round} is published. */
    List<TensorVersion> versionsWith(int round) {
        Map<String, Integer> with = new LinkedHashMap<>(versions);
        flatLayout(round).tensors().forEach(tensor -> with.put(tensor.name(), round));
        return with.entrySet().stream()
                .map(entry -> new TensorVersion(entry.getKey(), entry.getValue()))
                .toList();
    }

    long nextSequence() {
        return nextSequence;
    }

    /** Sequence of the first decision that the next chain value covers. */
    long chainedFrom() {
        return chainedFrom;
    }

    Sha256 chainValue() {
        return chain.value();
    }

    /** The highest offset of the topic that a decision answers, or -1. */
    long answered(InputTopic topic) {
        return answered.getOrDefault(topic, -1L);
    }

    /**
     * From which offset on a restarted coordinator has to read the topic. The parts of a closed round decide nothing one by
     * one: all since the close are read again, though a later record may be answered already.
     */
    long readFrom(InputTopic topic) {
        long known =
                topic == InputTopic.PARTS && phase instanceof RoundPhase.Closed ? partsBeforeClose : answered(topic);
        return known + 1;
    }
}
