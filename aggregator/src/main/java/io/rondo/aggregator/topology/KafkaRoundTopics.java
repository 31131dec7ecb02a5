package io.rondo.aggregator.topology;

import io.rondo.log.JobSpec;
import io.rondo.schemas.client.TopicCreator;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates round topics on a separate thread, ahead of the rounds and none beyond the job's last one. */
public final class KafkaRoundTopics implements RoundTopics, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRoundTopics.class);
    private static final int AHEAD = 7;
    /**
     * Topics are created in batches, once fewer than this are ahead: creating topics delays the publication that all
     * trainers wait for. A batch may take as long as some short rounds, and a round that waits for it is late.
     */
    private static final int LEAST_AHEAD = 4;

    private static final int LAST_ROUND = 999_999;
    private static final long PATIENCE_SECONDS = 60;

    private final TopicCreator creator;
    private final JobTopics topics;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "round-topics");
        thread.setDaemon(true);
        return thread;
    });
    private volatile int created = -1;
    private volatile int last = LAST_ROUND;
    private volatile int chunkBytes;

    public KafkaRoundTopics(TopicCreator creator, JobTopics topics) {
        this.creator = creator;
        this.topics = topics;
    }

    @Override
    public void use(JobSpec spec) {
        last = Math.min(spec.getRounds(), LAST_ROUND);
        chunkBytes = spec.getChunkBytes();
    }

    @Override
    public void prepare(int round) {
        if (Math.min(round + LEAST_AHEAD, last) <= created) {
            return;
        }
        executor.execute(() -> {
            try {
                create(round);
            } catch (RuntimeException e) {
                // the round that needs the topic retries, and does not open without it
                LOG.warn(
                        "topics from {} on could not be created: {}",
                        topics.round(round).name(),
                        e.getMessage());
            }
        });
    }

    @Override
    public void require(int round) {
        if (round <= created) {
            return;
        }
        Future<?> creation = executor.submit(() -> {
            // the batch that was under way may have had it
            if (round > created) {
                create(round);
            }
        });
        try {
            creation.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RondoException known) {
                throw new RondoException(
                        known.code(),
                        "round " + round + " cannot be opened, its topic is missing: " + known.getMessage(),
                        known.nextStep(),
                        known);
            }
            throw new IllegalStateException("the topic of round " + round + " cannot be created", e.getCause());
        } catch (TimeoutException e) {
            throw new RondoException(
                    ErrorCode.BROKER_UNREACHABLE,
                    "round " + round + " cannot be opened: its topic was not created within " + PATIENCE_SECONDS + " s",
                    "check the brokers; the round opens once they answer",
                    e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void create(int round) {
        int to = Math.min(round + AHEAD, last);
        if (to <= created) {
            return;
        }
        List<Topic> wanted =
                IntStream.rangeClosed(round, to).mapToObj(topics::round).toList();
        creator.ensure(wanted, chunkBytes);
        created = to;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
