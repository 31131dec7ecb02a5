package io.rondo.cli.job;

import io.rondo.schemas.client.ClientFailures.Attempt;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.topic.JobTopics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * Finds the aggregators of a job by the members of its consumer group. A killed one stays a member until its session times
 * out, 10 s later.
 */
public final class JobServers {
    private static final Pattern THREAD = Pattern.compile("(.+)-StreamThread-[0-9]+-consumer");

    private JobServers() {}

    /**
     * An aggregator.
     *
     * @param instance its {@code --instance}
     * @param host host as seen by the broker
     * @param partitions its assigned partitions of the job's topics
     */
    public record Server(String instance, String host, int partitions) {}

    /** By job, its aggregators; without the jobs whose group this user may not describe. */
    public static Map<String, List<Server>> read(LogConnection connection, Collection<String> jobs) {
        Map<String, List<Server>> servers = new TreeMap<>();
        try (Admin admin = connection.admin()) {
            Map<String, KafkaFuture<ConsumerGroupDescription>> groups = admin.describeConsumerGroups(
                            jobs.stream().map(JobTopics::applicationId).toList())
                    .describedGroups();
            for (String job : jobs) {
                String group = JobTopics.applicationId(job);
                read(connection, group, groups.get(group)).ifPresent(found -> servers.put(job, found));
            }
        }
        return servers;
    }

    private static Optional<List<Server>> read(
            LogConnection connection, String group, KafkaFuture<ConsumerGroupDescription> description) {
        boolean[] isHidden = {false};
        Optional<ConsumerGroupDescription> found = connection
                .failures()
                .awaitUnless(description, new Attempt("describe group " + group, "DESCRIBE", "group " + group), e -> {
                    isHidden[0] = e instanceof AuthorizationException;
                    return isHidden[0] || e instanceof GroupIdNotFoundException;
                });
        return isHidden[0]
                ? Optional.empty()
                : Optional.of(found.map(all -> of(group, all)).orElse(List.of()));
    }

    private static List<Server> of(String group, ConsumerGroupDescription description) {
        Map<String, Server> byInstance = new TreeMap<>();
        for (MemberDescription member : description.members()) {
            String instance = instance(group, member.clientId());
            Server server = new Server(
                    instance,
                    member.host().replaceFirst("^/", ""),
                    member.assignment().topicPartitions().size());
            byInstance.merge(
                    instance,
                    server,
                    (one, other) -> new Server(instance, one.host(), one.partitions() + other.partitions()));
        }
        return List.copyOf(byInstance.values());
    }

    /** A client is named after its group, its instance and its thread. */
    static String instance(String group, String client) {
        String own = client.startsWith(group + '.') ? client.substring(group.length() + 1) : client;
        Matcher thread = THREAD.matcher(own);
        return thread.matches() ? thread.group(1) : own;
    }
}
