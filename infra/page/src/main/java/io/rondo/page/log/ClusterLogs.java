package io.rondo.page.log;

import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;

/** The jobs of a cluster, or those of them that a process serves, with their branches. The list is read again after a few seconds. */
public final class ClusterLogs implements PageLogs {
    private static final long FRESH_NANOS = 5_000_000_000L;
    /** Jobs beyond this many are listed by name alone. */
    private static final int MOST_DESCRIBED = 200;

    private final LogConnection connection;
    private final Predicate<String> shown;
    private final Map<String, JobSubmitted> submitted = new HashMap<>();
    private List<Entry> entries = List.of();
    private Optional<RondoException> failure = Optional.empty();
    private long readAt;
    private boolean isRead;

    /** @param shown which jobs, by name */
    public ClusterLogs(LogConnection connection, Predicate<String> shown) {
        this.connection = connection;
        this.shown = shown;
    }

    @Override
    public synchronized List<Entry> list() {
        if (!isRead || System.nanoTime() - readAt > FRESH_NANOS) {
            readAgain();
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return entries;
    }

    /** A failure is kept as long as a list: those who wait meanwhile do not wait one after the other. */
    private void readAgain() {
        try {
            failure = Optional.empty();
            entries = read();
        } catch (RondoException e) {
            failure = Optional.of(e);
        }
        readAt = System.nanoTime();
        isRead = true;
    }

    private List<Entry> read() {
        Set<String> topics;
        try (Admin admin = connection.admin()) {
            topics = KafkaJobLog.names(admin);
        }
        TreeMap<String, TreeSet<String>> jobs = new TreeMap<>();
        topics.stream()
                .map(JobTopics::jobOfCommands)
                .flatMap(Optional::stream)
                .filter(shown)
                .forEach(job -> jobs.put(job, new TreeSet<>()));
        topics.stream().map(LogKey::ofBranchTopic).flatMap(Optional::stream).forEach(branch -> Optional.ofNullable(
                        jobs.get(branch.job()))
                .ifPresent(branches -> branches.add(branch.branch().orElseThrow())));
        submitted.keySet().retainAll(jobs.keySet());
        describe(jobs.keySet());
        List<Entry> all = new ArrayList<>();
        jobs.forEach((job, branches) -> {
            all.add(entry(job, ""));
            branches.forEach(branch -> all.add(entry(job, branch)));
        });
        return List.copyOf(all);
    }

    private void describe(Set<String> jobs) {
        List<String> unknown = jobs.stream()
                .filter(job -> !submitted.containsKey(job))
                .limit(Math.max(0, MOST_DESCRIBED - submitted.size()))
                .toList();
        if (unknown.isEmpty()) {
            return;
        }
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            submitted.putAll(Jobs.find(connection, codec, unknown));
        }
    }

    private Entry entry(String job, String branch) {
        JobSubmitted known = submitted.get(job);
        String key = branch.isEmpty() ? job : job + ':' + branch;
        return known == null
                ? new Entry(key, job, branch, null, null, null, null, null, null, null, null)
                : of(key, branch, known);
    }

    static Entry of(String key, String branch, JobSubmitted submission) {
        JobSpec spec = submission.getSpec();
        boolean hasParent = submission.getLineage() != null;
        return new Entry(
                key,
                spec.getName(),
                branch,
                submission.getJobUuid(),
                spec.getMethod(),
                spec.getAdapter(),
                spec.getModel(),
                spec.getRounds(),
                submission.getSubmittedAt(),
                hasParent ? submission.getLineage().getJob() : null,
                hasParent ? (Integer) submission.getLineage().getRound() : null);
    }

    @Override
    public Optional<PageLog> find(String key) {
        return LogKey.parse(key)
                .filter(parsed -> shown.test(parsed.job()))
                .map(parsed -> new ClusterLog(connection, parsed));
    }

    @Override
    public String place() {
        return connection.bootstrapServers();
    }

    @Override
    public void close() {
        // each question has a client of its own
    }
}
