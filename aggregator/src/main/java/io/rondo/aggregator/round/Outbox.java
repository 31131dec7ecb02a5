package io.rondo.aggregator.round;

import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import org.apache.avro.specific.SpecificRecord;

/** Receives decisions. All records appended for one input become visible atomically. */
public interface Outbox {

    /**
     * Appends a decision to the log.
     *
     * @return SHA-256 of its Avro body
     */
    Sha256 decide(SpecificRecord decision);

    /** Copies an appended decision to {@code rounds} for the trainers. */
    void tell(SpecificRecord decision);

    /**
     * Appends a round's publication.
     *
     * @return SHA-256 of its Avro body
     */
    Sha256 publish(RoundPublished published);
}
