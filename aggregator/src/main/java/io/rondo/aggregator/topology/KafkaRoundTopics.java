package io.rondo.aggregator.topology;

import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import io.rondo.schemas.topic.TopicCreator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates round topics on a thread of its own. A trainer whose topic is still missing waits for it while it sends. */
public final class KafkaRoundTopics implements RoundTopics, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRoundTopics.class);
    private static final int AHEAD = 5;
    /** Topics are created when fewer are ahead: a broker that does so delays the publication for which everyone waits. */
    private static final int LEAST_AHEAD = 2;

    private static final int LAST_ROUND = 999_999;

    private final Admin admin;
    private final JobTopics topics;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "round-topics");
        thread.setDaemon(true);
        return thread;
    });
    private volatile int created = -1;

    public KafkaRoundTopics(Admin admin, JobTopics topics) {
        this.admin = admin;
        this.topics = topics;
    }

    @Override
    public void prepare(int round) {
        if (round + LEAST_AHEAD <= created) {
            return;
        }
        List<Topic> wanted = IntStream.rangeClosed(round, Math.min(round + AHEAD, LAST_ROUND))
                .mapToObj(topics::round)
                .toList();
        executor.execute(() -> {
            try {
                new TopicCreator(admin).ensure(wanted);
                created = round + wanted.size() - 1;
            } catch (RuntimeException e) {
                // the next round asks again; until then trainers wait for the topic
                LOG.warn(
                        "round topics from {} on could not be created: {}",
                        wanted.get(0).name(),
                        e.getMessage());
            }
        });
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
