package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.log.History;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import org.apache.avro.specific.SpecificRecord;

/**
 * Gives a fold the decisions in its partition's copy, each once and in the order of their numbers. A copy that does not have them so is
 * not followed: there are brokers that end a transaction in one partition and not in another (KAFKA-20734). What such a copy should
 * hold is read from the first one, which the coordinator goes by. Used by one thread.
 */
final class DecisionFeed {
    private static final int FIRST_COPY = 0;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final History history;
    private int copy;
    private long next;
    /** What comes live may have been read from the history already, up to the first decision that was not. */
    private boolean isCatchingUp;

    DecisionFeed(JobTopics topics, RecordCodec codec, History history, int partition) {
        this.topics = topics;
        this.codec = codec;
        this.history = history;
        this.copy = partition;
    }

    /**
     * Brings a new fold up to date. Its memory is a cache: decisions say what is to be done, parts what this partition has done
     * already.
     *
     * @throws BrokenCopyException when another fold has to be brought up to date from the {@linkplain #useFirstCopy first copy}
     * @throws RondoException with {@code LOG_INCONSISTENT} when the first copy is the one that is broken
     */
    void recover(PartitionFold fold) {
        next = 0;
        isCatchingUp = false;
        try {
            String decisions = topics.decisions().name();
            history.read(decisions, copy, 0, entry -> follow(fold, Decisions.decode(codec, decisions, entry.value())));
        } catch (BrokenCopyException e) {
            throw copy == FIRST_COPY ? inconsistent(e) : e;
        }
        isCatchingUp = true;
        String parts = topics.parts().name();
        history.read(parts, 0, 0, entry -> {
            // what cannot be read is none of this fold's reports, and the coordinator refuses it
            if (codec.decode(parts, entry.value()) instanceof Decoded.Readable readable) {
                fold.reported(readable.record());
            }
        });
    }

    /**
     * Gives the fold a decision, unless the history had it.
     *
     * @throws BrokenCopyException when it is not the one that has to come
     */
    void follow(PartitionFold fold, SpecificRecord decision) {
        long number = DecisionKind.header(decision).getSequence();
        if (isCatchingUp && number < next) {
            return;
        }
        if (number != next) {
            throw new BrokenCopyException("decision " + number + " comes where " + next + " has to come");
        }
        isCatchingUp = false;
        next++;
        fold.follow(decision);
    }

    /** Makes the next recovery read the first copy. */
    void useFirstCopy() {
        copy = FIRST_COPY;
    }

    private RondoException inconsistent(BrokenCopyException found) {
        return new RondoException(
                ErrorCode.LOG_INCONSISTENT,
                "partition " + FIRST_COPY + " of " + topics.decisions().name() + " is broken: " + found.getMessage(),
                "keep the log as it is and run `rondo verify`; docs/explanation/robustness.md says which brokers do this",
                found);
    }
}
