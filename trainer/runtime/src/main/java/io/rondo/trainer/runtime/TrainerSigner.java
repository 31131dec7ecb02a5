package io.rondo.trainer.runtime;

import io.rondo.log.JobSpec;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.sign.VerifyingKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * Signs the records of one trainer process and checks the aggregator's signatures. In a job without keys, records pass
 * unchanged. Used by one thread.
 */
final class TrainerSigner {
    /** How many round openings are kept: an update answers one of the last. */
    private static final int REMEMBERED = 16;

    private final Optional<SigningKey> key;
    private final List<VerifyingKey> aggregator;
    private final Map<Integer, Sha256> opened = new LinkedHashMap<>();
    private Sha256 last;
    private long sequence;

    private TrainerSigner(Optional<SigningKey> key, List<VerifyingKey> aggregator) {
        this.key = key;
        this.aggregator = aggregator;
    }

    /**
     * @param key the trainer's, if it has one
     * @throws RondoException with {@code KEY_MISMATCH} when the job requires a key and there is none, or vice versa
     */
    static TrainerSigner of(JobSpec spec, Optional<SigningKey> key) {
        boolean asked = !spec.getOperatorKey().isEmpty();
        if (asked != key.isPresent()) {
            throw new RondoException(
                    ErrorCode.KEY_MISMATCH,
                    asked
                            ? "job '" + spec.getName() + "' takes signed records only, and no key was given"
                            : "a key was given, and job '" + spec.getName() + "' names no operator who vouches for it",
                    asked
                            ? "create one with `rondo keys create FILE`, have the operator add it, and give it with"
                                    + " --key"
                            : "ask the operator for a job with keys, or start the trainer without --key");
        }
        return new TrainerSigner(
                key,
                spec.getAggregatorKey().isEmpty() ? List.of() : List.of(VerifyingKey.parse(spec.getAggregatorKey())));
    }

    /**
     * Notes a record of {@code rounds}.
     *
     * @throws RondoException with {@code SIGNATURE_INVALID} when the aggregator must sign it and has not
     */
    void read(SpecificRecord record) {
        boolean signed = record instanceof RoundOpened || record instanceof RoundPublished;
        if (signed && !aggregator.isEmpty()) {
            Signatures.problem(record, aggregator).ifPresent(problem -> {
                throw new RondoException(
                        ErrorCode.SIGNATURE_INVALID,
                        "a " + record.getSchema().getName() + " on rounds is not the aggregator's: " + problem,
                        "ask the operator who else writes to the job's topics, and run `rondo verify`");
            });
        }
        if (key.isPresent() && record instanceof RoundOpened round) {
            last = CanonicalText.digest(round);
            opened.remove(round.getRound());
            opened.put(round.getRound(), last);
            if (opened.size() > REMEMBERED) {
                opened.remove(opened.keySet().iterator().next());
            }
        }
    }

    /** Signs a trainer's record and returns it. */
    <T extends SpecificRecord> T sign(T record) {
        if (key.isEmpty()) {
            return record;
        }
        Sha256 answers = record instanceof UpdateManifest manifest ? opened.get(manifest.getRound()) : last;
        return key.get().signed(record, sequence++, answers);
    }
}
