package io.rondo.aggregator.log;

import io.rondo.aggregator.log.LoggedDecisions.Logged;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** The records on {@code rounds}: the publications, and copies of the decisions that trainers follow. */
public final class Publications {
    private final JobTopics topics;
    private final JobShape shape;
    private final Map<Integer, Published> published = new TreeMap<>();
    private final List<Copy> copies = new ArrayList<>();
    private final List<LogDifference> differences = new ArrayList<>();

    /** A publication as logged. */
    public record Published(long offset, RoundPublished record, Sha256 bodyDigest) {}

    private record Copy(LogEntry entry, SpecificRecord record) {}

    private Publications(JobTopics topics, JobShape shape) {
        this.topics = topics;
        this.shape = shape;
    }

    public static Publications read(JobLog log, JobShape shape) {
        Publications all = new Publications(log.topics(), shape);
        log.history()
                .read(
                        all.topic().name(),
                        0,
                        0,
                        entry -> all.add(entry, log.codec().decode(all.topic().name(), entry.value())));
        return all;
    }

    private void add(LogEntry entry, Decoded decoded) {
        if (decoded instanceof Decoded.Unreadable unreadable) {
            differences.add(LogDifference.of(
                            "the record cannot be read: " + unreadable.reason().id() + ", " + unreadable.detail())
                    .at(topic(), 0, entry.offset()));
            return;
        }
        SpecificRecord read = ((Decoded.Readable) decoded).record();
        if (read instanceof RoundPublished record) {
            if (published.put(record.getRound(), new Published(entry.offset(), record, entry.bodyDigest())) != null) {
                differences.add(LogDifference.of("the round is published a second time")
                        .in(record.getRound())
                        .at(topic(), 0, entry.offset()));
            }
        } else {
            copies.add(new Copy(entry, read));
        }
    }

    /** Compares the copies with the decisions that must be here, in order. */
    public void compare(List<Logged> decisions) {
        Iterator<Copy> left = copies.iterator();
        for (Logged logged : decisions) {
            if (!DecisionKind.isTold(logged.decision(), shape.spec().getRules())) {
                continue;
            }
            String name = logged.decision().getSchema().getName();
            if (!left.hasNext()) {
                differences.add(LogDifference.of("the copy of decision "
                        + logged.header().getSequence() + " (" + name + ") is not on " + topic().name()));
                return;
            }
            Copy copy = left.next();
            if (!copy.record().equals(logged.decision())
                    || !copy.entry().bodyDigest().equals(logged.bodyDigest())) {
                differences.add(LogDifference.of("the record is not the copy of decision "
                                + logged.header().getSequence() + " (" + name + ")")
                        .at(topic(), 0, copy.entry().offset()));
                return;
            }
        }
        if (left.hasNext()) {
            differences.add(LogDifference.of("the record is no copy of a decision")
                    .at(topic(), 0, left.next().entry().offset()));
        }
    }

    public Topic topic() {
        return topics.rounds();
    }

    public Topic decisions() {
        return topics.decisions();
    }

    public JobShape shape() {
        return shape;
    }

    public Optional<Published> of(int round) {
        return Optional.ofNullable(published.get(round));
    }

    /** In round order. */
    public Collection<Published> all() {
        return published.values();
    }

    public List<LogDifference> differences() {
        return differences;
    }
}
