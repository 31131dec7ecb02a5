package io.rondo.schemas.client;

import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.topic.JobTopics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Finds jobs in a cluster. */
public final class Jobs {
    private Jobs() {}

    /**
     * The topics of a job that was submitted; their number of partitions is that of its global-adapter topic, which every
     * role may describe, or of its decisions topic if a damaged log has lost the former.
     *
     * @throws RondoException with {@code JOB_NOT_FOUND} when it has neither, {@code BAD_ID}, {@code BROKER_UNREACHABLE} or
     *     {@code BROKER_REFUSED}
     */
    public static JobTopics topics(LogConnection connection, Admin admin, String job) {
        JobTopics names = new JobTopics(job, 1, -1);
        String adapter = names.globalAdapter().name();
        try {
            return topics(admin, job, adapter);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw connection.failures().of(ClientFailures.Attempt.describe(adapter), e.getCause());
            }
        }
        String decisions = names.decisions().name();
        try {
            return topics(admin, job, decisions);
        } catch (ExecutionException e) {
            // a trainer has no permission to describe the decisions topic, whether it exists or not
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof TopicAuthorizationException)) {
                throw connection.failures().of(ClientFailures.Attempt.describe(decisions), e.getCause());
            }
            throw new RondoException(
                    ErrorCode.JOB_NOT_FOUND,
                    "there is no job '" + job + "': no topic " + adapter,
                    "list the jobs with `rondo job list`, or submit it with `rondo job submit`");
        }
    }

    private static JobTopics topics(Admin admin, String job, String topic) throws ExecutionException {
        try {
            TopicDescription found = admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get();
            int replication = found.partitions().get(0).replicas().size();
            return new JobTopics(job, found.partitions().size(), replication);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /**
     * The effective submission of the job: the first one on its commands topic that is readable, names this job, has a
     * layout that matches its digest and, if it names an operator's key, is signed with it. Empty while there is none.
     */
    public static Optional<JobSubmitted> find(LogConnection connection, RecordCodec codec, String job) {
        return Optional.ofNullable(find(connection, codec, List.of(job)).get(job));
    }

    /**
     * The effective submissions of several jobs, by name, as {@link #find(LogConnection, RecordCodec, String)}; without those
     * that have none. Reads all in one pass, because connecting takes longer than reading.
     */
    public static SortedMap<String, JobSubmitted> find(
            LogConnection connection, RecordCodec codec, Collection<String> jobs) {
        SortedMap<String, JobSubmitted> found = new TreeMap<>();
        if (jobs.isEmpty()) {
            return found;
        }
        Map<String, String> jobOfTopic = new HashMap<>();
        Map<TopicPartition, Long> begins = new HashMap<>();
        for (String job : jobs) {
            String commands = new JobTopics(job, 1, -1).commands().name();
            jobOfTopic.put(commands, job);
            begins.put(new TopicPartition(commands, 0), 0L);
        }
        try (LogReader reader = LogReader.open(connection, begins)) {
            reader.readToEnd(entry -> {
                String job = jobOfTopic.get(entry.topic());
                if (!found.containsKey(job)
                        && codec.decode(entry.topic(), entry.value()) instanceof Decoded.Readable readable
                        && readable.record() instanceof JobSubmitted submitted
                        && isValid(submitted, job)) {
                    found.put(job, submitted);
                }
            });
        }
        return found;
    }

    private static boolean isValid(JobSubmitted submitted, String job) {
        if (!submitted.getSpec().getName().equals(job) || !Signatures.isGenuine(submitted)) {
            return false;
        }
        try {
            return AdapterLayout.fromAvro(submitted.getLayout()).digest().equals(submitted.getLayoutDigest());
        } catch (RuntimeException e) {
            // an invalid layout: the aggregator refuses it with the reason
            return false;
        }
    }
}
