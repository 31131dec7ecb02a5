package io.rondo.aggregator.round;

import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import org.apache.avro.specific.SpecificRecord;

/** Where decisions go. What is appended for one input becomes visible together or not at all. */
public interface Outbox {

    /**
     * Appends a decision to the log.
     *
     * @return SHA-256 of its Avro body
     */
    Sha256 decide(SpecificRecord decision);

    /** Tells trainers of a decision that was appended: a copy of it goes to {@code rounds}. */
    void tell(SpecificRecord decision);

    /**
     * Appends a round's publication.
     *
     * @return SHA-256 of its Avro body
     */
    Sha256 publish(RoundPublished published);
}
