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

/** What follows from the decisions so far. Changes by {@link #apply} alone, live and in recovery alike. */
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
    /** By incarnation, the trainers that it was one of. */
    private final Map<String, Set<String>> ended = new HashMap<>();
    /** By trainer, the incarnation that is out since it missed too many rounds. */
    private final Map<String, String> away = new HashMap<>();

    private final Signers signers = new Signers();
    private final Map<String, Evaluated> evaluated = new HashMap<>();

    private final Attendance attendance = new Attendance();
    private RoundPhase phase = new RoundPhase.None();
    /** The last round that ended, as it stood then. */
    private Optional<RoundPhase.Open> previous = Optional.empty();
    /** Accepted for the round that opens next, after the round for which they were trained had closed. */
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
     * @throws BrokenInvariantException when it does not follow on those before it
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
            // its own link belongs to the next value, since this one is already in what was published
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

    /** A signed join that was refused is over: who copies it finds no later moment at which it would count. */
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

    /** Notes a part; no decision follows from one part alone, so it is not in the log of decisions. */
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

    /** What was accepted of the round that is open or closed, if one is. */
    Optional<RoundPhase.Open> currentRound() {
        if (phase instanceof RoundPhase.Closed closed) {
            return Optional.of(closed.open());
        }
        return phase instanceof RoundPhase.Open open ? Optional.of(open) : Optional.empty();
    }

    /** A round that accepts no more updates, as long as the one after it may. */
    Optional<RoundPhase.Open> ended(int round) {
        Optional<RoundPhase.Open> candidate =
                phase instanceof RoundPhase.Closed closed ? Optional.of(closed.open()) : previous;
        return candidate.filter(open -> open.round() == round);
    }

    /** Whether a round is open, or opens next. */
    boolean mayCountIn(int round) {
        return isAlive() && (phase instanceof RoundPhase.Open open ? open.round() == round : lastRound + 1 == round);
    }

    /** What is accepted for the round that opens next. */
    List<UpdateAccepted> early() {
        return early;
    }

    /** Milliseconds since 1970 up to which the round accepts updates: its deadline and the job's grace. */
    long dueAt(RoundPhase.Open open) {
        return open.deadline() + spec().getGraceMs();
    }

    /** The first admitted trainer that has missed as many rounds as the job allows, if one has. */
    Optional<String> absent() {
        int allowed = spec().getAbsentAfter();
        return allowed == 0 ? Optional.empty() : attendance.absent(admitted.keySet(), allowed);
    }

    /** Whether the incarnation is out since it missed too many rounds, and may join again. */
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

    /** What is measured in a round before it is folded: nothing in round 0, whose update has no base. */
    MeasurementPlan measuring(int round) {
        return round == 0 ? MeasurementPlan.NONE : memberWeights.measuring();
    }

    /** Whether folding a round takes the adapter before it. */
    boolean buildsOnTheBase() {
        return memberWeights.measuring() != MeasurementPlan.NONE
                || ServerOptimizers.of(spec()).isPresent();
    }

    /** By which rules decisions are made; 0 before the job starts. */
    int rules() {
        return started == null ? 0 : spec().getRules();
    }

    /** Whether the job has started, and has this UUID. */
    boolean isOfJob(String jobUuid) {
        return status != Status.AWAITED && jobUuid.equals(jobUuid());
    }

    /** Why something does not apply now. */
    String described() {
        return "the job is " + status + " and has " + admitted;
    }

    String jobUuid() {
        return started.getJobUuid();
    }

    Sha256 layoutDigest() {
        return started.getLayoutDigest();
    }

    /** The digest that the update of round 0 has to have, if the job names it. */
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

    /** Who may sign, in a job with an operator key. */
    Signers signers() {
        return signers;
    }

    /** What a trainer has evaluated last. */
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
     * From which offset on a restarted coordinator has to read the topic. The parts of a closed round decide nothing one by
     * one: all since the close are read again, though a later record may be answered already.
     */
    long readFrom(InputTopic topic) {
        long known =
                topic == InputTopic.PARTS && phase instanceof RoundPhase.Closed ? partsBeforeClose : answered(topic);
        return known + 1;
    }
}
