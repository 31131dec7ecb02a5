package io.rondo.trainer.runtime.follow;

import io.rondo.log.InputRefused;
import io.rondo.log.JobAborted;
import io.rondo.log.JobFinished;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.TensorVersion;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerRemoved;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/**
 * Follows {@code rounds} from its beginning, or from an opening before its last publication. History only has to be read: of all
 * published rounds only the current one is loaded, and only the open round is trained.
 */
public final class RoundFollower {
    private static final int MOST_ATTEMPTS = 64;

    private final String jobUuid;
    private final String trainer;
    private final String incarnation;
    /** Publications that hold the current value of some tensor. */
    private final SortedMap<Integer, RoundPublished> current = new TreeMap<>();

    /** The last attempts of this process: an answer to any other attempt was caused by someone else using its name. */
    private final Deque<String> attempts = new ArrayDeque<>();

    private final List<UpdateRejected> rejections = new ArrayList<>();
    private Retry retry = new Retry();
    private Optional<RoundOpened> open = Optional.empty();
    private Optional<RoundPublished> latest = Optional.empty();
    private Optional<FollowerStep> end = Optional.empty();
    private Optional<InputRefused> joinRefused = Optional.empty();
    private Optional<RoundExtended> extension = Optional.empty();
    private Optional<String> successor = Optional.empty();
    private boolean admitted;
    private boolean removed;
    private boolean revoked;

    /**
     * @param incarnation this process's incarnation, which distinguishes its rejected updates from those of earlier
     * processes
     */
    public RoundFollower(String jobUuid, String trainer, String incarnation) {
        this.jobUuid = jobUuid;
        this.trainer = trainer;
        this.incarnation = incarnation;
    }

    /** This process is about to send an update under this attempt id. */
    public void sending(String attempt) {
        attempts.addLast(attempt);
        if (attempts.size() > MOST_ATTEMPTS) {
            attempts.removeFirst();
        }
    }

    /** Takes the next record of the topic; records that do not concern a trainer are skipped. */
    public void apply(SpecificRecord value) {
        switch (RoundsKind.of(value)) {
            case ROUND_OPENED -> open((RoundOpened) value);
            case ROUND_PUBLISHED -> publish((RoundPublished) value);
            case ROUND_FAILED -> endRound(((RoundFailed) value).getRound());
            case ROUND_EXTENDED -> extend((RoundExtended) value);
            case ROUND_REOPENED -> {
                if (isOpen(((RoundReopened) value).getRound())) {
                    retry.extended();
                }
            }
            case UPDATE_REJECTED -> reject((UpdateRejected) value);
            case TRAINER_ADMITTED -> admit((TrainerAdmitted) value);
            case INPUT_REFUSED -> refuse((InputRefused) value);
            case TRAINER_REMOVED -> remove((TrainerRemoved) value);
            case JOB_FINISHED -> {
                if (((JobFinished) value).getJobUuid().equals(jobUuid)) {
                    end = Optional.of(new FollowerStep.Finish());
                }
            }
            case JOB_ABORTED -> {
                JobAborted aborted = (JobAborted) value;
                if (aborted.getJobUuid().equals(jobUuid)) {
                    end = Optional.of(new FollowerStep.Fail(aborted.getReason()));
                }
            }
            case JOB_PAUSED, JOB_RESUMED, OTHER -> {}
        }
    }

    private void open(RoundOpened opened) {
        if (!opened.getJobUuid().equals(jobUuid)) {
            return;
        }
        if (isOpen(opened.getRound())) {
            // the round continues with another cohort
            retry.extended();
        } else {
            retry = new Retry();
        }
        open = Optional.of(opened);
    }

    private void extend(RoundExtended extended) {
        if (isOpen(extended.getRound())) {
            retry.extended();
            extension = Optional.of(extended);
        }
    }

    private void reject(UpdateRejected rejected) {
        if (isOfThisProcess(rejected.getTrainer(), rejected.getIncarnation())
                && attempts.contains(rejected.getAttempt())) {
            rejections.add(rejected);
            if (isOpen(rejected.getRound())) {
                retry.rejected(rejected);
            }
        }
    }

    private void refuse(InputRefused refused) {
        if (isOfThisProcess(refused.getTrainer(), refused.getIncarnation())) {
            joinRefused = Optional.of(refused);
        }
    }

    private void remove(TrainerRemoved removal) {
        if (isOfThisProcess(removal.getTrainer(), removal.getIncarnation())) {
            if (removal.getReason().equals(RejectionReason.KEY_REVOKED.id())) {
                revoked = true;
            } else {
                removed = true;
            }
        }
    }

    private boolean isOfThisProcess(String who, String which) {
        return who.equals(trainer) && which.equals(incarnation);
    }

    /** Once this process is admitted, another incarnation of its trainer takes its place. */
    private void admit(TrainerAdmitted admission) {
        if (!admission.getTrainer().equals(trainer)) {
            return;
        }
        if (admission.getIncarnation().equals(incarnation)) {
            admitted = true;
        } else if (admitted) {
            successor = Optional.of(admission.getIncarnation());
        }
    }

    private void publish(RoundPublished published) {
        if (!published.getJobUuid().equals(jobUuid)) {
            return;
        }
        latest = Optional.of(published);
        current.put(published.getRound(), published);
        current.keySet()
                .retainAll(published.getTensors().stream()
                        .map(TensorVersion::getRound)
                        .collect(Collectors.toSet()));
        endRound(published.getRound());
    }

    private void endRound(int round) {
        open = open.filter(opened -> opened.getRound() > round);
    }

    /** The next step, given all applied records. */
    public FollowerStep next(FollowerProgress progress) {
        if (end.isPresent() && end.get() instanceof FollowerStep.Fail) {
            return end.get();
        }
        if (latest.isPresent() && latest.get().getRound() > progress.syncedRound()) {
            return new FollowerStep.Synchronise(latest.get());
        }
        if (end.isPresent()) {
            return end.get();
        }
        return open.filter(this::asksThisTrainer)
                .map(round -> answer(round, progress))
                .orElseGet(FollowerStep.Wait::new);
    }

    private FollowerStep answer(RoundOpened round, FollowerProgress progress) {
        if (progress.pendingRound().isPresent() && progress.pendingRound().getAsInt() == round.getRound()) {
            return new FollowerStep.Send(round);
        }
        boolean fresh = progress.trainedRound() < round.getRound();
        boolean ready = progress.syncedRound() == round.getBaseRound();
        return fresh && ready ? new FollowerStep.Train(round) : new FollowerStep.Wait();
    }

    private boolean asksThisTrainer(RoundOpened round) {
        return round.getCohort().contains(trainer);
    }

    /** Whether a round still accepts updates, as far as this trainer knows. */
    public boolean isOpen(int round) {
        return end.isEmpty() && open.isPresent() && open.get().getRound() == round;
    }

    /** The last publication, if there is one. */
    public Optional<RoundPublished> latest() {
        return latest;
    }

    /**
     * The publication of a round that holds the current value of a tensor.
     *
     * @throws IllegalStateException when the last publication does not refer to that round, or it was not in the log
     */
    public RoundPublished publication(int round) {
        RoundPublished published = current.get(round);
        if (published == null) {
            throw new IllegalStateException(
                    "round " + round + " holds a current value, but 'rounds' has only " + current.keySet());
        }
        return published;
    }

    /** Whether this process was removed since the last call because of missed rounds. */
    public boolean takeRemoval() {
        boolean taken = removed;
        removed = false;
        return taken;
    }

    /** Whether the last key of this trainer was revoked, so that its records no longer count. */
    public boolean isRevoked() {
        return revoked;
    }

    /** The incarnation that has replaced this process, if any. */
    public Optional<String> successor() {
        return successor;
    }

    /** Why this process may not join, if its join was refused since the last call. A duplicate join does not count as refused. */
    public Optional<InputRefused> takeJoinRefusal() {
        Optional<InputRefused> taken =
                joinRefused.filter(refused -> !refused.getReason().equals(RejectionReason.DUPLICATE.id()));
        joinRefused = Optional.empty();
        return taken;
    }

    /** The last extension of the open round since the last call. */
    public Optional<RoundExtended> takeExtension() {
        Optional<RoundExtended> taken = extension.filter(extended -> isOpen(extended.getRound()));
        extension = Optional.empty();
        return taken;
    }

    /** Whether this process's refused update of the open round should be sent again; true only once. */
    public boolean takeRetry() {
        return retry.take();
    }

    /** The rejections of this process's own updates since the last call. */
    public List<UpdateRejected> takeRejections() {
        List<UpdateRejected> taken = List.copyOf(rejections);
        rejections.clear();
        return taken;
    }
}
