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
 * Signs what an aggregator tells trainers to act on, where the job names its key: {@code RoundOpened} and {@code
 * RoundPublished}. What is decided does not depend on it, so that those who verify need no private key.
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
     * Takes the settings of the job, which name the key.
     *
     * @throws RondoException with {@code KEY_MISMATCH} when it is another one than the one that is here
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
        // a signature depends on the record alone, so that the copy is the same as what was decided
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

    /** A decision or publication as it was decided, without the signature that went out with it. */
    public static SpecificRecord unsigned(SpecificRecord record) {
        if (record instanceof RoundOpened opened) {
            return RoundOpened.newBuilder(opened).setSignature(null).build();
        }
        return record instanceof RoundPublished published
                ? RoundPublished.newBuilder(published).setSignature(null).build()
                : record;
    }
}
