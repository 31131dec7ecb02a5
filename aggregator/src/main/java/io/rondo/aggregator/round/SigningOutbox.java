package io.rondo.aggregator.round;

import io.rondo.log.JobSpec;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.sign.SigningKey;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * Signs the records that trainers act on, {@code RoundOpened} and {@code RoundPublished}, if the job names the aggregator's
 * key. Decisions do not depend on the signature, so verification needs no private key.
 */
public final class SigningOutbox implements Outbox {
    private final Outbox outbox;
    private final Optional<SigningKey> key;
    private boolean signs;

    /** @param key the aggregator's, if it has one */
    public SigningOutbox(Outbox outbox, Optional<SigningKey> key) {
        this.outbox = outbox;
        this.key = key;
    }

    /**
     * Receives the job's settings, which name the key.
     *
     * @throws RondoException with {@code KEY_MISMATCH} when that key differs from this one
     */
    public void use(JobSpec spec) {
        String named = spec.getAggregatorKey();
        String own = key.map(here -> here.verifyingKey().toString()).orElse("");
        if (!named.isEmpty() && !named.equals(own)) {
            throw new RondoException(
                    ErrorCode.KEY_MISMATCH,
                    "job '" + spec.getName() + "' names the aggregator key " + named
                            + (own.isEmpty() ? ", and none was given" : ", the one given is " + own),
                    "give the file of that key with --key");
        }
        signs = !named.isEmpty();
    }

    @Override
    public Sha256 decide(SpecificRecord decision) {
        if (decision instanceof JobStarted started) {
            use(started.getSpec());
        }
        return outbox.decide(signed(decision));
    }

    @Override
    public void tell(SpecificRecord decision) {
        // a signature depends only on the record, so the copy equals the decision
        outbox.tell(signed(decision));
    }

    @Override
    public Sha256 publish(RoundPublished published) {
        return outbox.publish(signs ? RoundStatement.signed(published, key.orElseThrow()) : published);
    }

    private SpecificRecord signed(SpecificRecord decision) {
        return signs && decision instanceof RoundOpened opened
                ? RoundOpened.newBuilder(opened)
                        .setSignature(key.orElseThrow().sign(opened, opened.getRound(), null))
                        .build()
                : decision;
    }

    /** A decision or publication as decided, without the signature added on sending. */
    public static SpecificRecord unsigned(SpecificRecord record) {
        if (record instanceof RoundOpened opened) {
            return RoundOpened.newBuilder(opened).setSignature(null).build();
        }
        return record instanceof RoundPublished published
                ? RoundPublished.newBuilder(published).setSignature(null).build()
                : record;
    }
}
