package io.rondo.schemas.sign;

import io.rondo.log.JobSubmitted;
import io.rondo.log.Signature;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** Checks the signatures of records. */
public final class Signatures {
    /** Bytes of an Ed25519 signature. */
    private static final int BYTES = 64;

    static final String FIELD = "signature";

    private Signatures() {}

    /** The signature of a record, if it has one. */
    public static Optional<Signature> of(IndexedRecord record) {
        Schema.Field field = record.getSchema().getField(FIELD);
        return field == null ? Optional.empty() : Optional.ofNullable((Signature) record.get(field.pos()));
    }

    /** Whether a job's submission is signed by the operator that it names; one that names none needs no signature. */
    public static boolean isGenuine(JobSubmitted submitted) {
        String operator = submitted.getSpec().getOperatorKey();
        return operator.isEmpty()
                || (VerifyingKey.isKey(operator)
                        && problem(submitted, List.of(VerifyingKey.parse(operator)))
                                .isEmpty());
    }

    /**
     * What is wrong with a record's signature; empty if one of the keys has signed the record. The text quotes nothing from
     * the record, since its author is not authenticated.
     */
    public static Optional<String> problem(IndexedRecord record, Collection<VerifyingKey> keys) {
        Optional<Signature> found = of(record);
        if (found.isEmpty()) {
            return Optional.of("it is not signed");
        }
        Signature signature = found.get();
        if (!signature.getAlgorithm().equals(SigningKey.ALGORITHM) || signature.getVersion() != CanonicalText.VERSION) {
            return Optional.of("the signature is not Ed25519 of version " + CanonicalText.VERSION);
        }
        ByteBuffer value = signature.getValue();
        if (value.remaining() != BYTES) {
            return Optional.of("the signature has " + value.remaining() + " bytes, not " + BYTES);
        }
        Optional<VerifyingKey> key = keys.stream()
                .filter(one -> one.id().equals(signature.getKeyId()))
                .findFirst();
        if (key.isEmpty()) {
            return Optional.of("the key is none that counts here");
        }
        byte[] bytes = new byte[BYTES];
        value.duplicate().get(bytes);
        return key.get().verifies(CanonicalText.of(record, signature.getSequence(), signature.getOpened()), bytes)
                ? Optional.empty()
                : Optional.of("the signature is not of these values");
    }
}
