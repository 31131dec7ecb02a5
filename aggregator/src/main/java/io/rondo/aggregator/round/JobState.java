package io.rondo.aggregator.round;

import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.InputRefused;
import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.Sha256;
import io.rondo.log.TensorVersion;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.RoundLayouts;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.BrokenInvariantException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** The state that results from the decisions so far. Only {@link #apply} changes it, both live and in recovery. */
final class JobState {

    enum Status {
        AWAITED,
        RUNNING,
        PAUSED,
        FINISHED,
        ABORTED
    }

    /**
     * The last round whose adapter a trainer has evaluated.
     *
     * @param times how many evaluations of it are recorded
     */
    record Evaluated(int round, int times) {
        static final Evaluated NOTHING = new Evaluated(-1, 0);

        private Evaluated and(Evaluated next) {
            if (next.round == round) {
                return new Evaluated(round, times + next.times);
            }
            return next.round > round ? next : this;
        }
    }

    private Status status = Status.AWAITED;
    private JobStarted started;
    private RoundLayouts layouts;
    private MemberWeights memberWeights;
    private final SortedMap<String, String> admitted = new TreeMap<>();
    /** By incarnation, the trainers that used it. */
    private final Map<String, Set<String>> ended = new HashMap<>();
    /** By trainer, the incarnation that was removed because it missed too many rounds. */
    private final Map<String, String> away = new HashMap<>();

    private final Signers signers = new Signers();
    private final Map<String, Evaluated> evaluated = new HashMap<>();

    private final Attendance attendance = new Attendance();
    private RoundPhase phase = new RoundPhase.None();
    /** The last round that ended, in its final state. */
    private Optional<RoundPhase.Open> previous = Optional.empty();
    /** Late updates: accepted for the next round after the round for which they were trained had closed. */
    private final List<UpdateAccepted> early = new ArrayList<>();

    private int lastRound = -1;
    private int lastPublished = -1;
    private final Map<String, Integer> versions = new LinkedHashMap<>();
    private long nextSequence;
    private long chainedFrom;
    private final HashChain chain = new HashChain();
    private final Map<InputTopic, Long> answered = new EnumMap<>(InputTopic.class);
    private long partsBeforeClose = -1;

    /**
     * Applies a decision.
     *
     * @throws BrokenInvariantException when it cannot follow the decisions before it
     */
    void apply(SpecificRecord decision, Sha256 bodyDigest) {
        DecisionHeader header = DecisionKind.header(decision);
        if (header.getSequence() != nextSequence) {
            throw new BrokenInvariantException(
                    "decision " + header.getSequence() + " where " + nextSequence + " has to come: " + decision);
        }
        nextSequence++;
        InputTopic.of(header.getSource().getTopic())
                .ifPresent(topic -> answered.merge(topic, header.getSource().getOffset(), Math::max));
        if (decision instanceof RoundCompleted completed) {
            // its own link belongs to the next chain value: the publication already contains this one
            chain.published(completed.getPublishedDigest());
            chainedFrom = header.getSequence();
        }
        chain.add(header.getSource().getBodyDigest(), bodyDigest);
        signers.apply(decision, header);
        applyEffect(decision);
    }

    private void applyEffect(SpecificRecord decision) {
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> start((JobStarted) decision);
            case TRAINER_ADMITTED -> {
                TrainerAdmitted admission = (TrainerAdmitted) decision;
                admit(admission.getTrainer(), admission.getIncarnation());
            }
            case TRAINER_REMOVED -> remove((TrainerRemoved) decision);
            case ROUND_OPENED -> open((RoundOpened) decision);
            case UPDATE_ACCEPTED -> accept((UpdateAccepted) decision);
            case UPDATE_REJECTED -> {
                UpdateRejected rejection = (UpdateRejected) decision;
                if (rejection.getRevoked()) {
                    revoke(rejection);
                }
            }
            case ROUND_CLOSED -> close((RoundClosed) decision);
            case ROUND_WEIGHED -> phase = closedRound().weigh((RoundWeighed) decision);
            case ROUND_REOPENED -> phase = closedRound().reopen(((RoundReopened) decision).getDeadline());
            case ROUND_EXTENDED -> phase = openRound().extend(((RoundExtended) decision).getDeadline());
            case ROUND_COMPLETED -> complete((RoundCompleted) decision);
            case ROUND_FAILED -> {
                lastRound = ((RoundFailed) decision).getRound();
                endRound();
            }
            case JOB_PAUSED -> status = Status.PAUSED;
            case JOB_RESUMED -> status = Status.RUNNING;
            case JOB_FINISHED -> status = Status.FINISHED;
            case JOB_ABORTED -> status = Status.ABORTED;
            case EVALUATION_RECORDED -> {
                EvaluationRecorded evaluation = (EvaluationRecorded) decision;
                signers.evaluated(
                        evaluation.getTrainer(), admitted.get(evaluation.getTrainer()), evaluation.getHeader());
                evaluated.merge(evaluation.getTrainer(), new Evaluated(evaluation.getRound(), 1), Evaluated::and);
            }
            case INPUT_REFUSED -> refuse((InputRefused) decision);
            case TRAINER_KEY_ADDED, TRAINER_KEY_REVOKED -> {}
        }
    }

    private void start(JobStarted decision) {
        RulesVersion.requireKnown(decision.getSpec());
        started = decision;
        layouts = RoundLayouts.of(AdapterLayout.fromAvro(decision.getLayout()), decision.getSpec());
        memberWeights = new MemberWeights(decision.getSpec());
        status = Status.RUNNING;
    }

    private void admit(String trainer, String incarnation) {
        String replaced = admitted.put(trainer, incarnation);
        if (replaced == null) {
            replaced = away.remove(trainer);
        }
        if (replaced != null && !replaced.equals(incarnation)) {
            end(trainer, replaced);
        }
        attendance.seen(trainer);
    }

    private void remove(TrainerRemoved removal) {
        admitted.remove(removal.getTrainer());
        if (DecisionKind.isOfAbsence(removal)) {
            away.put(removal.getTrainer(), removal.getIncarnation());
        } else {
            end(removal.getTrainer(), removal.getIncarnation());
        }
    }

    /** A refused signed join ends its incarnation, so a copy of it cannot count later. */
    private void refuse(InputRefused refused) {
        String trainer = refused.getTrainer();
        String incarnation = refused.getIncarnation();
        if (refused.getHeader().getSource().getSequence() >= 0
                && !incarnation.isEmpty()
                && !incarnation.equals(admitted.get(trainer))
                && !isAway(trainer, incarnation)) {
            end(trainer, incarnation);
        }
    }

    private void end(String trainer, String incarnation) {
        signers.ended(trainer, incarnation);
        ended.computeIfAbsent(incarnation, id -> new HashSet<>()).add(trainer);
    }

    private void open(RoundOpened opened) {
        if (phase instanceof RoundPhase.Open open && open.round() == opened.getRound()) {
            phase = open.openAgain(opened);
            return;
        }
        phase = RoundPhase.Open.of(opened, early);
        lastRound = opened.getRound();
        early.clear();
        attendance.opened();
    }

    private void accept(UpdateAccepted update) {
        if (update.getRound() > lastRound) {
            early.add(update);
        } else {
            phase = openRound().accept(update);
        }
        if (update.getRound() == update.getManifest().getRound() || RulesVersion.replaceTheGone(spec())) {
            attendance.seen(update.getManifest().getTrainer());
        }
    }

    private void endRound() {
        previous = currentRound();
        previous.ifPresent(open -> attendance.ended(open.opened().getCohort().stream()
                .filter(trainer -> !RulesVersion.replaceTheGone(spec())
                        || open.updateOf(trainer).isEmpty())
                .toList()));
        phase = new RoundPhase.None();
    }

    private void revoke(UpdateRejected rejection) {
        AttemptId attempt = AttemptId.of(rejection);
        if (early.removeIf(update -> AttemptId.of(update.getManifest()).equals(attempt))) {
            return;
        }
        if (phase instanceof RoundPhase.Closed closed) {
            phase = closed.revoke(rejection);
        } else {
            phase = openRound().revoke(rejection);
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
        endRound();
    }

    /** Notes a part. One part alone leads to no decision, so the decisions do not contain it. */
    void note(RoundPhase.Closed withPart) {
        phase = withPart;
    }

    private RoundPhase.Open openRound() {
        if (phase instanceof RoundPhase.Open open) {
            return open;
        }
        throw new BrokenInvariantException("no round is open: " + phase);
    }

    private RoundPhase.Closed closedRound() {
        if (phase instanceof RoundPhase.Closed closed) {
            return closed;
        }
        throw new BrokenInvariantException("no round is closed: " + phase);
    }

    /** The updates accepted for the open or closed round, if there is one. */
    Optional<RoundPhase.Open> currentRound() {
        if (phase instanceof RoundPhase.Closed closed) {
            return Optional.of(closed.open());
        }
        return phase instanceof RoundPhase.Open open ? Optional.of(open) : Optional.empty();
    }

    /** A closed round, as long as the next one may still accept updates. */
    Optional<RoundPhase.Open> ended(int round) {
        Optional<RoundPhase.Open> candidate =
                phase instanceof RoundPhase.Closed closed ? Optional.of(closed.open()) : previous;
        return candidate.filter(open -> open.round() == round);
    }

    /** Whether a round is open, or opens next. */
    boolean mayCountIn(int round) {
        return isAlive() && (phase instanceof RoundPhase.Open open ? open.round() == round : lastRound + 1 == round);
    }

    /** The late updates accepted for the round that opens next. */
    List<UpdateAccepted> early() {
        return early;
    }

    /** When the round stops accepting updates, milliseconds since 1970: its deadline plus the job's grace period. */
    long dueAt(RoundPhase.Open open) {
        return open.deadline() + spec().getGraceMs();
    }

    /** The first admitted trainer that has missed as many rounds as the job allows, if one has. */
    Optional<String> absent() {
        int allowed = spec().getAbsentAfter();
        return allowed == 0 ? Optional.empty() : attendance.absent(admitted.keySet(), allowed);
    }

    /** Whether the incarnation was removed because it missed too many rounds, and may join again. */
    boolean isAway(String trainer, String incarnation) {
        return incarnation.equals(away.get(trainer));
    }

    Status status() {
        return status;
    }

    /** Whether rounds may still open or continue. */
    boolean isAlive() {
        return status == Status.RUNNING || status == Status.PAUSED;
    }

    JobSpec spec() {
        return started.getSpec();
    }

    MemberWeights memberWeights() {
        return memberWeights;
    }

    /** The measurements of a round before it is folded: none in round 0, whose update has no base. */
    MeasurementPlan measuring(int round) {
        return round == 0 ? MeasurementPlan.NONE : memberWeights.measuring();
    }

    /** Whether folding a round needs the previous adapter. */
    boolean buildsOnTheBase() {
        return memberWeights.measuring() != MeasurementPlan.NONE
                || ServerOptimizers.of(spec()).isPresent();
    }

    /** The version of the decision rules; 0 before the job starts. */
    int rules() {
        return started == null ? 0 : spec().getRules();
    }

    /** Whether the job has started and has this UUID. */
    boolean isOfJob(String jobUuid) {
        return status != Status.AWAITED && jobUuid.equals(jobUuid());
    }

    /** Why an input does not apply in the current state. */
    String described() {
        return "the job is " + status + " and has " + admitted;
    }

    String jobUuid() {
        return started.getJobUuid();
    }

    Sha256 layoutDigest() {
        return started.getLayoutDigest();
    }

    /** The required digest of round 0's update, if the job names one. */
    Optional<Sha256> initialDigest() {
        return RulesVersion.nameRoundZero(spec()) ? Optional.ofNullable(started.getInitialDigest()) : Optional.empty();
    }

    /** The flat vector of a round. */
    FlatLayout flatLayout(int round) {
        return layouts.of(round);
    }

    SortedMap<String, String> admitted() {
        return admitted;
    }

    /** Whether an incarnation of a trainer is over. Under the first rules it is over for all trainers. */
    boolean hasEnded(String trainer, String incarnation) {
        Set<String> trainers = ended.getOrDefault(incarnation, Set.of());
        return RulesVersion.scopeByTrainer(spec()) ? trainers.contains(trainer) : !trainers.isEmpty();
    }

    /** The valid signers, in a job with an operator key. */
    Signers signers() {
        return signers;
    }

    /** The last evaluation of a trainer. */
    Evaluated evaluated(String trainer) {
        return evaluated.getOrDefault(trainer, Evaluated.NOTHING);
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
     * The offset from which a restarted coordinator must read the topic. A single part of a closed round leads to no
     * decision, so all parts since the close are read again, even if a later record is already answered.
     */
    long readFrom(InputTopic topic) {
        long known =
                topic == InputTopic.PARTS && phase instanceof RoundPhase.Closed ? partsBeforeClose : answered(topic);
        return known + 1;
    }
}
