package io.rondo.aggregator.log;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobStarted;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * All decisions of a job, in order. Every partition holds a copy: a decision that is unreadable in one is read from another,
 * and copies that differ are reported as a difference.
 */
public final class LoggedDecisions {
    private final List<Logged> all = new ArrayList<>();
    private final List<LogDifference> differences = new ArrayList<>();

    /** A decision as logged. */
    public record Logged(long offset, SpecificRecord decision, Sha256 bodyDigest) {
        public DecisionHeader header() {
            return DecisionKind.header(decision);
        }
    }

    private LoggedDecisions() {}

    /** A record of partition 0 that is no readable decision. */
    private record Unread(LogEntry entry, Decoded decoded) {}

    /**
     * Reads every partition. Of the copies only digests are kept: together they would need as much memory as there are
     * partitions.
     *
     * @throws RondoException with {@code LOG_INCONSISTENT} when a decision cannot be read from any of them
     */
    public static LoggedDecisions read(JobLog log) {
        LoggedDecisions decisions = new LoggedDecisions();
        decisions.readAll(log, log.topics().decisions());
        return decisions;
    }

    private void readAll(JobLog log, Topic topic) {
        List<Sha256> values = new ArrayList<>();
        SortedMap<Integer, Unread> unread = new TreeMap<>();
        log.history().read(topic.name(), 0, 0, entry -> {
            Decoded decoded = log.codec().decode(topic.name(), entry.value());
            Optional<Logged> logged = logged(entry, decoded);
            if (logged.isEmpty()) {
                unread.put(all.size(), new Unread(entry, decoded));
            }
            all.add(logged.orElse(null));
            values.add(digest(entry));
        });
        Map<Integer, Logged> copies = new HashMap<>();
        for (int partition = 1; partition < topic.partitions(); partition++) {
            readCopy(log, topic, partition, values, unread.keySet(), copies);
        }
        unread.forEach((index, each) -> all.set(index, copyOf(log, topic, index, each, copies)));
    }

    private void readCopy(
            JobLog log,
            Topic topic,
            int partition,
            List<Sha256> values,
            Set<Integer> unread,
            Map<Integer, Logged> copies) {
        int[] read = {0};
        boolean[] differs = {false};
        log.history().read(topic.name(), partition, 0, entry -> {
            int index = read[0]++;
            if (index >= values.size()) {
                return;
            }
            if (unread.contains(index)) {
                logged(entry, log.codec().decode(topic.name(), entry.value()))
                        .ifPresent(logged -> copies.putIfAbsent(index, logged));
            }
            if (!differs[0] && !digest(entry).equals(values.get(index))) {
                differs[0] = true;
                differences.add(LogDifference.of("decision " + index + " is not the one in partition 0: "
                                + describe(logged(entry, log.codec().decode(topic.name(), entry.value())))
                                + " instead of " + describe(Optional.ofNullable(all.get(index))))
                        .at(topic, partition, entry.offset()));
            }
        });
        if (!differs[0] && read[0] != values.size()) {
            differences.add(LogDifference.of("partition " + partition + " of decisions holds " + read[0]
                    + " records, partition 0 " + values.size()));
        }
    }

    private static Sha256 digest(LogEntry entry) {
        return entry.value() == null ? Digests.of() : Digests.of(entry.value());
    }

    /** Distinguishes a duplicate record from a missing one. */
    private static String describe(Optional<Logged> logged) {
        return logged.map(known ->
                        DecisionKind.of(known.decision()) + " " + known.header().getSequence())
                .orElse("no decision");
    }

    private Logged copyOf(JobLog log, Topic topic, int index, Unread unread, Map<Integer, Logged> copies) {
        differences.add(LogDifference.of("decision " + index + " cannot be read: " + detail(unread.decoded()))
                .at(topic, 0, unread.entry().offset()));
        Logged copy = copies.get(index);
        if (copy == null) {
            throw new RondoException(
                    ErrorCode.LOG_INCONSISTENT,
                    "decision " + index + " at offset " + unread.entry().offset() + " of " + topic.name()
                            + " cannot be read from any partition: " + detail(unread.decoded()),
                    "check that the registry still has the job's schemas; the adapters can be read without it from "
                            + log.topics().globalAdapter().name());
        }
        return copy;
    }

    private static Optional<Logged> logged(LogEntry entry, Decoded decoded) {
        return decoded instanceof Decoded.Readable readable && DecisionKind.is(readable.record())
                ? Optional.of(new Logged(entry.offset(), readable.record(), entry.bodyDigest()))
                : Optional.empty();
    }

    private static String detail(Decoded decoded) {
        return decoded instanceof Decoded.Unreadable unreadable
                ? unreadable.reason().id() + ", " + unreadable.detail()
                : "it is no decision";
    }

    public List<Logged> all() {
        return all;
    }

    public List<LogDifference> differences() {
        return differences;
    }

    /** The job as it was accepted; empty while no aggregator has seen it. */
    public Optional<JobStarted> job() {
        return all.stream()
                .map(Logged::decision)
                .filter(JobStarted.class::isInstance)
                .map(JobStarted.class::cast)
                .findFirst();
    }
}
