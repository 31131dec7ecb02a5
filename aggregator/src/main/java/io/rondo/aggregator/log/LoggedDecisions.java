package io.rondo.aggregator.log;

import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobStarted;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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

    /**
     * Reads every partition.
     *
     * @throws RondoException with {@code LOG_INCONSISTENT} when a decision cannot be read from any of them
     */
    public static LoggedDecisions read(JobLog log) {
        LoggedDecisions decisions = new LoggedDecisions();
        Topic topic = log.topics().decisions();
        List<LogEntry> first = new ArrayList<>();
        log.history().read(topic.name(), 0, 0, first::add);
        List<List<LogEntry>> copies = new ArrayList<>();
        for (int partition = 1; partition < topic.partitions(); partition++) {
            List<LogEntry> copy = new ArrayList<>();
            log.history().read(topic.name(), partition, 0, copy::add);
            decisions.compare(log, topic, partition, first, copy);
            copies.add(copy);
        }
        for (int i = 0; i < first.size(); i++) {
            decisions.all.add(decisions.decode(log, topic, first.get(i), i, copies));
        }
        return decisions;
    }

    private void compare(JobLog log, Topic topic, int partition, List<LogEntry> first, List<LogEntry> copy) {
        int common = Math.min(first.size(), copy.size());
        for (int i = 0; i < common; i++) {
            if (!Arrays.equals(first.get(i).value(), copy.get(i).value())) {
                differences.add(LogDifference.of(
                                "decision " + i + " is not the one in partition 0: " + describe(log, topic, copy.get(i))
                                        + " instead of " + describe(log, topic, first.get(i)))
                        .at(topic, partition, copy.get(i).offset()));
                return;
            }
        }
        if (first.size() != copy.size()) {
            differences.add(LogDifference.of("partition " + partition + " of decisions holds " + copy.size()
                    + " records, partition 0 " + first.size()));
        }
    }

    /** Distinguishes a duplicate record from a missing one. */
    private static String describe(JobLog log, Topic topic, LogEntry entry) {
        return logged(entry, log.codec().decode(topic.name(), entry.value()))
                .map(logged -> DecisionKind.of(logged.decision()) + " "
                        + logged.header().getSequence())
                .orElse("no decision");
    }

    private Logged decode(JobLog log, Topic topic, LogEntry entry, int index, List<List<LogEntry>> copies) {
        Decoded decoded = log.codec().decode(topic.name(), entry.value());
        Optional<Logged> read = logged(entry, decoded);
        if (read.isPresent()) {
            return read.get();
        }
        differences.add(LogDifference.of("decision " + index + " cannot be read: " + detail(decoded))
                .at(topic, 0, entry.offset()));
        return copies.stream()
                .filter(copy -> copy.size() > index)
                .map(copy -> copy.get(index))
                .map(copy -> logged(copy, log.codec().decode(topic.name(), copy.value())))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.LOG_INCONSISTENT,
                        "decision " + index + " at offset " + entry.offset() + " of " + topic.name()
                                + " cannot be read from any partition: " + detail(decoded),
                        "check that the registry still has the job's schemas; the adapters can be read without it from "
                                + log.topics().globalAdapter().name()));
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
