package io.rondo.aggregator.log;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The end offsets of several partitions at one moment. Each partition is queried separately, and a running job writes in
 * between. If two passes return the same ends and no transaction is open, nothing was written between the passes.
 */
final class QuietEnds {
    private static final int MOST_LOOKS = 300;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Supplier<Map<TopicPartition, Long>> committed;
    private final Supplier<Map<TopicPartition, Long>> written;
    private final Duration pause;

    /**
     * @param committed ends that readers of committed records see
     * @param written ends that include records of open transactions
     */
    QuietEnds(Supplier<Map<TopicPartition, Long>> committed, Supplier<Map<TopicPartition, Long>> written) {
        this(committed, written, PAUSE);
    }

    QuietEnds(
            Supplier<Map<TopicPartition, Long>> committed,
            Supplier<Map<TopicPartition, Long>> written,
            Duration pause) {
        this.committed = committed;
        this.written = written;
        this.pause = pause;
    }

    /** The ends; empty if writing to the partitions does not pause within some seconds. */
    Optional<Map<TopicPartition, Long>> find() {
        for (int look = 0; look < MOST_LOOKS; look++) {
            Map<TopicPartition, Long> first = committed.get();
            if (first.equals(written.get())) {
                return Optional.of(first);
            }
            rest();
        }
        return Optional.empty();
    }

    private void rest() {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
