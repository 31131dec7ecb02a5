package io.rondo.aggregator.round;

import static io.rondo.schemas.adapter.RejectionReason.BAD_SIGNATURE;
import static io.rondo.schemas.adapter.RejectionReason.DUPLICATE;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_HISTORY;
import static io.rondo.schemas.adapter.RejectionReason.WRONG_JOB;

import io.rondo.log.AbortRequested;
import io.rondo.log.EvaluationReported;
import io.rondo.log.JobSubmitted;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundsArchived;
import io.rondo.log.Signature;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerKeyAddRequested;
import io.rondo.log.TrainerKeyRevokeRequested;
import io.rondo.log.TrainerLeft;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.VerifyingKey;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * Checks the signature of an input in a job with an operator key: it must be by a valid key, for this job and this log, and
 * not a repetition. An input that fails may carry a forged name, so it is refused without an answer to that name. All other
 * jobs accept unsigned inputs.
 */
final class SignatureRules {
    private final JobState state;

    SignatureRules(JobState state) {
        this.state = state;
    }

    /** The first rule that an input breaks. */
    Optional<Refusal> refusal(SpecificRecord record) {
        if (state.status() == JobState.Status.AWAITED) {
            return record instanceof JobSubmitted submitted ? ofSubmission(submitted) : Optional.empty();
        }
        if (!RulesVersion.askForSignatures(state.spec())) {
            return Optional.empty();
        }
        return switch (InputKind.of(record)) {
            case UPDATE_MANIFEST -> update((UpdateManifest) record);
            case TRAINER_JOINED -> {
                TrainerJoined joined = (TrainerJoined) record;
                yield trainers(record, joined.getJobUuid(), joined.getTrainer(), joined.getIncarnation());
            }
            case TRAINER_LEFT -> {
                TrainerLeft left = (TrainerLeft) record;
                yield trainers(record, left.getJobUuid(), left.getTrainer(), left.getIncarnation());
            }
            case EVALUATION_REPORTED -> {
                EvaluationReported reported = (EvaluationReported) record;
                yield trainers(record, reported.getJobUuid(), reported.getTrainer(), reported.getIncarnation());
            }
            case JOB_SUBMITTED -> signed(record, operator(), ((JobSubmitted) record).getJobUuid());
            case ROUNDS_ARCHIVED -> signed(record, operator(), ((RoundsArchived) record).getJobUuid());
            case PAUSE_REQUESTED -> command(record, ((PauseRequested) record).getJobUuid());
            case RESUME_REQUESTED -> command(record, ((ResumeRequested) record).getJobUuid());
            case ABORT_REQUESTED -> command(record, ((AbortRequested) record).getJobUuid());
            case TRAINER_KEY_ADD_REQUESTED -> command(record, ((TrainerKeyAddRequested) record).getJobUuid());
            case TRAINER_KEY_REVOKE_REQUESTED -> command(record, ((TrainerKeyRevokeRequested) record).getJobUuid());
            case PART_FOLDED, PART_MEASURED, PART_REFUSED, OTHER -> Optional.empty();
        };
    }

    private Optional<Refusal> update(UpdateManifest manifest) {
        return manifest.getTrainer().equals(Identifiers.SUBMITTER)
                ? signed(manifest, operator(), manifest.getJobUuid())
                : trainers(manifest, manifest.getJobUuid(), manifest.getTrainer(), manifest.getIncarnation());
    }

    /** The sequence number of a record with a valid signature; empty if the job requires no signatures. */
    Optional<Long> sequence(SpecificRecord record) {
        boolean asked = record instanceof JobSubmitted submitted
                ? RulesVersion.askForSignatures(submitted.getSpec())
                : state.status() != JobState.Status.AWAITED && RulesVersion.askForSignatures(state.spec());
        return asked ? Signatures.of(record).map(Signature::getSequence) : Optional.empty();
    }

    private Optional<Refusal> ofSubmission(JobSubmitted submitted) {
        String key = submitted.getSpec().getOperatorKey();
        // the job rules refuse an invalid key
        return RulesVersion.askForSignatures(submitted.getSpec()) && VerifyingKey.isKey(key)
                ? bad(Signatures.problem(submitted, List.of(VerifyingKey.parse(key))))
                : Optional.empty();
    }

    private Optional<Refusal> command(SpecificRecord record, String jobUuid) {
        return signed(record, operator(), jobUuid).or(() -> {
            long sequence = sequence(record).orElseThrow();
            return sequence > state.signers().operatorSequence()
                    ? Optional.empty()
                    : refuse(
                            DUPLICATE,
                            "a command numbered " + sequence + " after one numbered "
                                    + state.signers().operatorSequence());
        });
    }

    private Optional<Refusal> trainers(SpecificRecord record, String jobUuid, String trainer, String incarnation) {
        List<VerifyingKey> keys = state.signers().keys(trainer);
        return signed(record, keys, jobUuid)
                .or(() -> ofThisLog(record))
                .or(() -> firstTime(record, trainer, incarnation));
    }

    private Optional<Refusal> firstTime(SpecificRecord record, String trainer, String incarnation) {
        long sequence = sequence(record).orElseThrow();
        long last = state.signers().sequence(trainer, incarnation);
        return sequence > last
                ? Optional.empty()
                : refuse(DUPLICATE, "a record numbered " + sequence + " after one numbered " + last);
    }

    private Optional<Refusal> ofThisLog(SpecificRecord record) {
        Signature signature = Signatures.of(record).orElseThrow();
        boolean known = record instanceof UpdateManifest manifest
                ? state.signers().hasOpened(signature.getOpened(), manifest.getRound())
                : state.signers().hasOpened(signature.getOpened());
        return known
                ? Optional.empty()
                : refuse(WRONG_HISTORY, "it names none of the last " + Signers.WINDOW + " rounds as they opened here");
    }

    private Optional<Refusal> signed(SpecificRecord record, List<VerifyingKey> keys, String jobUuid) {
        Optional<Refusal> bad = bad(Signatures.problem(record, keys));
        if (bad.isPresent()) {
            return bad;
        }
        return jobUuid.equals(state.jobUuid()) || record instanceof JobSubmitted
                ? Optional.empty()
                : refuse(WRONG_JOB, "it is signed for another job");
    }

    private List<VerifyingKey> operator() {
        return List.of(VerifyingKey.parse(state.spec().getOperatorKey()));
    }

    private static Optional<Refusal> bad(Optional<String> problem) {
        return problem.map(detail -> new Refusal(BAD_SIGNATURE, detail));
    }

    private static Optional<Refusal> refuse(RejectionReason reason, String detail) {
        return Optional.of(new Refusal(reason, detail));
    }
}
