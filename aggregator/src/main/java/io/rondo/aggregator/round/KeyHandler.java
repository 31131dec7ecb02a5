package io.rondo.aggregator.round;

import static io.rondo.schemas.adapter.RejectionReason.BAD_FIELD;
import static io.rondo.schemas.adapter.RejectionReason.BAD_TRAINER;
import static io.rondo.schemas.adapter.RejectionReason.NOT_APPLICABLE;
import static io.rondo.schemas.adapter.RejectionReason.NOT_INVITED;
import static io.rondo.schemas.adapter.RejectionReason.TOO_MANY_TRAINERS;

import io.rondo.log.JobSpec;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyAdded;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.log.TrainerKeyRevoked;
import io.rondo.log.TrainerRemoved;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.sign.VerifyingKey;
import java.util.List;
import java.util.Optional;

/** Decides on an operator's commands about keys. Unsigned ones are refused earlier. */
final class KeyHandler {
    /** Keys of one trainer: an old one, a new one, and some reserve. */
    private static final int MAX_KEYS = 4;

    private static final int MAX_TRAINERS = 5_000;

    private final JobState state;
    private final DecisionWriter writer;

    KeyHandler(JobState state, DecisionWriter writer) {
        this.state = state;
        this.writer = writer;
    }

    void to(TrainerKeyAddRequested added) {
        refusal(added)
                .ifPresentOrElse(
                        writer::refuse,
                        () -> writer.decide(
                                new TrainerKeyAdded(writer.header(), added.getTrainer(), added.getPublicKey())));
    }

    void to(TrainerKeyRevokeRequested revoked) {
        Optional<Refusal> refusal = refusal(revoked);
        if (refusal.isPresent()) {
            writer.refuse(refusal.get());
            return;
        }
        String trainer = revoked.getTrainer();
        writer.decide(new TrainerKeyRevoked(
                writer.header(), trainer, revoked.getPublicKey(), writer.brief(revoked.getReason())));
        if (state.signers().keys(trainer).isEmpty() && state.admitted().containsKey(trainer)) {
            // none of its updates can count any more, and no round has to wait for it
            writer.decide(new TrainerRemoved(
                    writer.header(), trainer, state.admitted().get(trainer), RejectionReason.KEY_REVOKED.id()));
        }
    }

    private Optional<Refusal> refusal(TrainerKeyAddRequested added) {
        JobSpec spec = state.spec();
        String trainer = added.getTrainer();
        if (!RulesVersion.askForSignatures(spec)) {
            return refuse(NOT_APPLICABLE, "the job has no operator key");
        }
        if (!Identifiers.isValid(trainer) || trainer.equals(Identifiers.SUBMITTER)) {
            return refuse(BAD_TRAINER, "trainer '" + trainer + "'");
        }
        if (!spec.getTrainers().isEmpty() && !spec.getTrainers().contains(trainer)) {
            return refuse(
                    NOT_INVITED,
                    trainer + " is none of the " + spec.getTrainers().size() + " trainers of the job");
        }
        if (!VerifyingKey.isKey(added.getPublicKey())) {
            return refuse(BAD_FIELD, "publicKey is none: '" + added.getPublicKey() + "'");
        }
        if (state.signers().isKnown(VerifyingKey.parse(added.getPublicKey()))
                || added.getPublicKey().equals(spec.getOperatorKey())
                || added.getPublicKey().equals(spec.getAggregatorKey())) {
            return refuse(NOT_APPLICABLE, "the key is one of the job's already: " + added.getPublicKey());
        }
        List<VerifyingKey> keys = state.signers().keys(trainer);
        if (keys.size() >= MAX_KEYS) {
            return refuse(NOT_APPLICABLE, trainer + " has " + MAX_KEYS + " keys; revoke one first");
        }
        return keys.isEmpty() && state.signers().trainers() >= MAX_TRAINERS
                ? refuse(TOO_MANY_TRAINERS, "as many trainers as a job may have have keys: " + MAX_TRAINERS)
                : Optional.empty();
    }

    private Optional<Refusal> refusal(TrainerKeyRevokeRequested revoked) {
        return VerifyingKey.isKey(revoked.getPublicKey())
                        && state.status() != JobState.Status.AWAITED
                        && state.signers()
                                .keys(revoked.getTrainer())
                                .contains(VerifyingKey.parse(revoked.getPublicKey()))
                ? Optional.empty()
                : refuse(NOT_APPLICABLE, "trainer '" + revoked.getTrainer() + "' has no such key");
    }

    private static Optional<Refusal> refuse(RejectionReason reason, String detail) {
        return Optional.of(new Refusal(reason, detail));
    }
}
