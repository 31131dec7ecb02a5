package io.rondo.aggregator;

import io.rondo.aggregator.fold.FoldMemory;
import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves every job of a cluster whose name matches, from its submission on. Each job has its own Streams application; all
 * share this process's memory. A failure of one job does not affect the others. Several processes with the same pattern
 * share each job as several aggregators of that job would. {@link #run} is called once, {@link #stop} from any thread.
 */
public final class JobsService {
    private static final Logger LOG = LoggerFactory.getLogger(JobsService.class);
    private static final Duration TICK = Duration.ofMillis(200);
    /** Applications that start at the same time: each reads its job's log. */
    private static final int MOST_STARTING = 4;
    /** A broker that has just started does not know all topics yet. */
    private static final int LOOKS_BEFORE_GONE = 5;

    private final JobsSettings settings;
    private final AggregatorListener listener;
    private final FoldMemory memory;
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final Map<String, Kept> jobs = new TreeMap<>();
    private boolean isAway;

    /** A job, identified by the id of its commands topic: a reused name is another job. */
    private static final class Kept {
        private final Uuid topic;
        private final ServedJob job;
        private int absences;

        Kept(Uuid topic, ServedJob job) {
            this.topic = topic;
            this.job = job;
        }
    }

    private JobsService(JobsSettings settings, AggregatorListener listener, FoldMemory memory) {
        this.settings = settings;
        this.listener = listener;
        this.memory = memory;
    }

    public static JobsService create(JobsSettings settings, AggregatorListener listener) {
        return new JobsService(settings, listener, FoldMemory.ofThisProcess());
    }

    /**
     * Serves jobs until {@link #stop}.
     *
     * @throws RondoException when the cluster cannot be used at the start, and with {@code INSTANCE_FENCED} when
     * another process with the same
     *     instance id has taken over every job
     */
    public void run() {
        try (Admin admin = settings.log().admin()) {
            keep(find(admin));
            LOG.info(
                    "aggregator {} serves every job of '{}', {} now",
                    settings.instanceId(),
                    settings.jobs(),
                    jobs.size());
            long next = System.nanoTime() + settings.look().toNanos();
            while (!stopsWithin(TICK)) {
                jobs.values().forEach(kept -> kept.job.look());
                requireOurs();
                if (System.nanoTime() >= next) {
                    look(admin);
                    next = System.nanoTime() + settings.look().toNanos();
                }
            }
        } finally {
            jobs.values().forEach(kept -> kept.job.stop());
            jobs.values().forEach(kept -> kept.job.awaitEnd());
        }
    }

    private void look(Admin admin) {
        try {
            keep(find(admin));
            isAway = false;
        } catch (RondoException e) {
            // running jobs continue or retry on their own; new ones are found later
            if (!isAway) {
                LOG.warn("jobs that are submitted now are not found yet: {}", e.explanation());
                isAway = true;
            }
        }
    }

    /** Every job that matches, with the id of its commands topic. */
    private Map<String, Uuid> find(Admin admin) {
        Map<String, Uuid> found = new TreeMap<>();
        for (TopicListing topic : settings.log()
                .failures()
                .await(admin.listTopics().listings(), new Attempt("list the topics", "DESCRIBE", "topics"))) {
            JobTopics.jobOfCommands(topic.name())
                    .filter(settings.jobs()::fits)
                    .ifPresent(job -> found.put(job, topic.topicId()));
        }
        return found;
    }

    private void keep(Map<String, Uuid> found) {
        jobs.forEach((name, kept) -> {
            Uuid now = found.get(name);
            kept.absences = now == null ? kept.absences + 1 : 0;
            if (kept.absences >= LOOKS_BEFORE_GONE || (now != null && !now.equals(kept.topic))) {
                kept.job.stop();
            }
        });
        jobs.entrySet()
                .removeIf(entry -> entry.getValue().job.hasEnded()
                        && !entry.getValue().topic.equals(found.get(entry.getKey())));
        long starting =
                jobs.values().stream().filter(kept -> kept.job.isStarting()).count();
        for (Map.Entry<String, Uuid> each : found.entrySet()) {
            if (starting < MOST_STARTING && !jobs.containsKey(each.getKey())) {
                ServedJob job = new ServedJob(each.getKey(), settings, listener, memory);
                jobs.put(each.getKey(), new Kept(each.getValue(), job));
                job.start();
                starting++;
            }
        }
    }

    /** Throws if other processes have taken over every job: a log line alone could be missed. */
    private void requireOurs() {
        boolean isTaken = false;
        for (Kept kept : jobs.values()) {
            if (kept.job.state() == ServedJob.State.SERVED) {
                return;
            }
            isTaken |= kept.job.state() == ServedJob.State.TAKEN_OVER;
        }
        if (isTaken) {
            throw new RondoException(
                    ErrorCode.INSTANCE_FENCED,
                    "another aggregator runs with the instance id '" + settings.instanceId()
                            + "' and has taken over every job",
                    "give each aggregator its own --instance id");
        }
    }

    private boolean stopsWithin(Duration pause) {
        try {
            return stopRequested.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends {@link #run} once every job's application has shut down cleanly. */
    public void stop() {
        stopRequested.countDown();
    }
}
