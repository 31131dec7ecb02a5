package io.rondo.aggregator.round;

import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundOpened;
import io.rondo.log.Sha256;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevoked;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.VerifyingKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** The valid signers and the last sequence number of each, from the decisions so far. Empty for a job without an operator key. */
final class Signers {
    /** How many rounds behind a trainer's view of {@code rounds} may be when it signs. */
    static final int WINDOW = 16;

    /** A round that opened, by the digest of its canonical text. */
    private record Opened(int round, Sha256 digest) {}

    /** A process of a trainer. */
    private record Sender(String trainer, String incarnation) {}

    private final Map<String, List<VerifyingKey>> keys = new HashMap<>();
    private final Map<Sender, Long> sequences = new HashMap<>();
    private final Deque<Opened> window = new ArrayDeque<>();
    private boolean windowIsFull;
    private long operatorSequence = -1;

    /** Notes what a decision says about signers, before the rest of it is applied. */
    void apply(SpecificRecord decision, DecisionHeader header) {
        if (decision instanceof RoundOpened opened) {
            window.addLast(new Opened(opened.getRound(), CanonicalText.digest(opened)));
            if (window.size() > WINDOW) {
                window.removeFirst();
                windowIsFull = true;
            }
        }
        long sequence = header.getSource().getSequence();
        if (sequence < 0) {
            return;
        }
        if (header.getSource().getTopic().equals(InputTopic.COMMANDS.id())) {
            operatorSequence = Math.max(operatorSequence, sequence);
        }
        switch (DecisionKind.of(decision)) {
            case TRAINER_ADMITTED -> {
                TrainerAdmitted admitted = (TrainerAdmitted) decision;
                note(admitted.getTrainer(), admitted.getIncarnation(), sequence);
            }
            case UPDATE_ACCEPTED -> {
                UpdateManifest manifest = ((UpdateAccepted) decision).getManifest();
                noteKnown(manifest.getTrainer(), manifest.getIncarnation(), sequence);
            }
            case UPDATE_REJECTED -> {
                UpdateRejected rejected = (UpdateRejected) decision;
                if (!rejected.getRevoked()) {
                    noteKnown(rejected.getTrainer(), rejected.getIncarnation(), sequence);
                }
            }
            case TRAINER_KEY_ADDED -> {
                TrainerKeyAdded added = (TrainerKeyAdded) decision;
                keys.computeIfAbsent(added.getTrainer(), id -> new ArrayList<>())
                        .add(VerifyingKey.parse(added.getPublicKey()));
            }
            case TRAINER_KEY_REVOKED -> revoke((TrainerKeyRevoked) decision);
            // by its trainer's admitted process, which the state knows
            case EVALUATION_RECORDED -> {}
            case JOB_STARTED,
                    TRAINER_REMOVED,
                    ROUND_OPENED,
                    ROUND_CLOSED,
                    ROUND_WEIGHED,
                    ROUND_REOPENED,
                    ROUND_EXTENDED,
                    ROUND_COMPLETED,
                    ROUND_FAILED,
                    INPUT_REFUSED,
                    JOB_PAUSED,
                    JOB_RESUMED,
                    JOB_FINISHED,
                    JOB_ABORTED -> {}
        }
    }

    private void revoke(TrainerKeyRevoked revoked) {
        List<VerifyingKey> left = keys.getOrDefault(revoked.getTrainer(), new ArrayList<>());
        left.remove(VerifyingKey.parse(revoked.getPublicKey()));
        if (left.isEmpty()) {
            keys.remove(revoked.getTrainer());
        }
    }

    /** The admitted process of a trainer has evaluated. */
    void evaluated(String trainer, String incarnation, DecisionHeader header) {
        if (header.getSource().getSequence() >= 0 && incarnation != null) {
            noteKnown(trainer, incarnation, header.getSource().getSequence());
        }
    }

    private void note(String trainer, String incarnation, long sequence) {
        sequences.merge(new Sender(trainer, incarnation), sequence, Math::max);
    }

    /** Only joined processes are tracked: nothing from others can count. */
    private void noteKnown(String trainer, String incarnation, long sequence) {
        sequences.computeIfPresent(new Sender(trainer, incarnation), (sender, last) -> Math.max(last, sequence));
    }

    /** An incarnation is over, and its signatures no longer count. */
    void ended(String trainer, String incarnation) {
        sequences.remove(new Sender(trainer, incarnation));
    }

    /** The keys with which a trainer may sign. */
    List<VerifyingKey> keys(String trainer) {
        return keys.getOrDefault(trainer, List.of());
    }

    /** How many trainers have a key. */
    int trainers() {
        return keys.size();
    }

    /** The trainer that has this key, if any. */
    boolean isKnown(VerifyingKey key) {
        return keys.values().stream().anyMatch(some -> some.contains(key));
    }

    /** The operator's highest sequence number among the answered commands, or -1. */
    long operatorSequence() {
        return operatorSequence;
    }

    /** The highest sequence number of a trainer's process among the answered records, or -1. */
    long sequence(String trainer, String incarnation) {
        return sequences.getOrDefault(new Sender(trainer, incarnation), -1L);
    }

    /** Whether the signer can have read this log: the record names one of the last rounds that opened. */
    boolean hasOpened(Sha256 opened) {
        return opened == null
                ? !windowIsFull
                : window.stream().anyMatch(one -> one.digest().equals(opened));
    }

    /** The same for an update, which names the opening of its round. */
    boolean hasOpened(Sha256 opened, int round) {
        return window.stream()
                .anyMatch(one -> one.round() == round && one.digest().equals(opened));
    }
}
