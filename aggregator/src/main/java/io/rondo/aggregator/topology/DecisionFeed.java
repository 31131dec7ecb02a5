package io.rondo.aggregator.topology;

import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.fold.RecentDecisions;
import io.rondo.aggregator.log.History;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.JobStarted;
import io.rondo.schemas.error.BrokenInvariantException;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.function.ObjLongConsumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * Passes the decisions of its partition's copy to a fold, each once and in sequence, some of them before they are committed.
 * A copy with a gap or a repetition is not used: some brokers end a transaction in one partition and not in another
 * (KAFKA-20734). The decisions are then read from the first copy, which the coordinator uses. Used by one thread.
 */
final class DecisionFeed {
    private static final int FIRST_COPY = 0;

    private final JobTopics topics;
    private final RecordCodec codec;
    private final History history;
    /** Decisions that the fold has and the copy does not contain yet: the numbers from {@link #next} on. */
    private final Deque<byte[]> uncommitted = new ArrayDeque<>();

    private int copy;
    /** Number of the next decision in the copy. */
    private long next;
    /** Live records may repeat decisions that were read from the history, up to the first new one. */
    private boolean isCatchingUp;

    DecisionFeed(JobTopics topics, RecordCodec codec, History history, int partition) {
        this.topics = topics;
        this.codec = codec;
        this.history = history;
        this.copy = partition;
    }

    /**
     * Brings a new fold up to date, from the last rounds of the log. Its memory is a cache: decisions say what to do, parts what
     * this partition has already done.
     *
     * @throws BrokenCopyException when the copy is broken: a new fold must be brought up to date from the {@linkplain
     *     #useFirstCopy first copy}
     * @throws RondoException with {@code LOG_INCONSISTENT} when the first copy is broken
     */
    void recover(PartitionFold fold) {
        RecentDecisions.Start start = new RecentDecisions(new Copy()).find();
        next = start.number();
        uncommitted.clear();
        isCatchingUp = false;
        try {
            if (start.isLater()) {
                passJob(fold);
            }
            history.read(topics.decisions().name(), copy, start.decisions(), entry -> follow(fold, entry.value()));
        } catch (BrokenCopyException e) {
            throw copy == FIRST_COPY ? inconsistent(e) : e;
        }
        isCatchingUp = true;
        String parts = topics.parts().name();
        history.read(parts, 0, start.parts(), entry -> {
            // an unreadable part is not from this fold, and the coordinator refuses it
            if (codec.decode(parts, entry.value()) instanceof Decoded.Readable readable) {
                fold.reported(readable.record());
            }
        });
    }

    /** Passes on the decision that has the job's settings: before it there are refusals only. */
    private void passJob(PartitionFold fold) {
        try (LogCursor beginning = history.open(topics.decisions().name(), copy, 0)) {
            Optional<SpecificRecord> next = nextOf(beginning);
            while (next.isPresent() && !(next.get() instanceof JobStarted)) {
                next = nextOf(beginning);
            }
            fold.follow(next.orElseThrow(() -> new BrokenCopyException("no decision starts the job")));
        }
    }

    private Optional<SpecificRecord> nextOf(LogCursor cursor) {
        return cursor.next().map(entry -> decode(entry.value()));
    }

    /** The copy of the decisions that is read. */
    private final class Copy implements RecentDecisions.Source {
        @Override
        public long end() {
            return history.end(topics.decisions().name(), copy);
        }

        @Override
        public void readToEnd(long from, ObjLongConsumer<SpecificRecord> decisions) {
            history.read(
                    topics.decisions().name(),
                    copy,
                    from,
                    entry -> decisions.accept(decode(entry.value()), entry.offset()));
        }
    }

    /**
     * Passes a decision of the copy to the fold, unless the fold has it.
     *
     * @param value the decision in its encoding
     * @throws BrokenCopyException when it is not the expected decision
     */
    void follow(PartitionFold fold, byte[] value) {
        SpecificRecord decision = decode(value);
        long number = DecisionKind.header(decision).getSequence();
        if (isCatchingUp && number < next) {
            return;
        }
        if (number != next) {
            throw new BrokenCopyException("decision " + number + " comes where " + next + " has to come");
        }
        isCatchingUp = false;
        next++;
        byte[] known = uncommitted.poll();
        if (known == null) {
            fold.follow(decision);
        } else if (!Arrays.equals(known, value)) {
            throw new BrokenInvariantException("decision " + number + " was folded with another content");
        }
    }

    /** Passes a decision that is not committed yet to the fold, if the fold has all decisions before it. */
    void followUncommitted(PartitionFold fold, byte[] value) {
        SpecificRecord decision = decode(value);
        if (DecisionKind.header(decision).getSequence() == next + uncommitted.size()) {
            uncommitted.add(value);
            fold.follow(decision);
        }
    }

    private SpecificRecord decode(byte[] value) {
        return Decisions.decode(codec, topics.decisions().name(), value);
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
