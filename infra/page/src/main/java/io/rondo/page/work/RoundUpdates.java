package io.rondo.page.work;

import io.rondo.aggregator.log.AdapterStream;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobShape;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.UpdateVectors;
import io.rondo.aggregator.log.Vectors;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorVersion;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.page.index.JobIndex;
import io.rondo.page.log.PageLog;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads the updates of one round, one after the other, and measures them. It reads the decisions about that round alone, so that what it takes does
 * not grow with the job. Belongs to one thread.
 */
final class RoundUpdates {
    /** Updates that are compared with each other: each is kept in memory meanwhile. */
    private static final int MOST_ALIKE = 24;
    /** Elements of all of them together. */
    private static final long MOST_ELEMENTS = 16_000_000;
    /** For so many updates the time of the first chunk is looked up, each with a question to the broker. */
    private static final int MOST_UPLOADS = 40;

    private final JobLog log;
    private final JobShape shape;
    private final int round;

    private record Accepted(UpdateManifest manifest, long at) {}

    private RoundUpdates(JobLog log, JobShape shape, int round) {
        this.log = log;
        this.shape = shape;
        this.round = round;
    }

    static Measured measure(PageLog log, JobStarted job, int round, JobIndex.Span span) {
        try (JobLog records = log.open()) {
            return new RoundUpdates(records, new JobShape(job), round).measure(span);
        }
    }

    private Measured measure(JobIndex.Span span) {
        List<Accepted> updates = accepted(span);
        Map<Integer, RoundPublished> published = publications(Set.of(0, round, Math.max(0, span.base())));
        FlatLayout flat = shape.flat(round);
        Optional<float[]> average = Optional.ofNullable(published.get(round)).map(this::vector);
        Optional<float[]> base = round == 0
                ? Optional.empty()
                : Optional.ofNullable(published.get(span.base())).map(each -> flat.flatten(tensors(each)));
        Map<String, Tensor> origin = round == 0 || !published.containsKey(0) ? Map.of() : tensors(published.get(0));
        int alike = (int) Math.min(MOST_ALIKE, Math.max(2, MOST_ELEMENTS / Math.max(1, flat.elements())));

        List<Measured.Update> measured = new ArrayList<>();
        Likeness likeness = new Likeness(origin);
        try (UpdateVectors vectors = new UpdateVectors(log, shape, rounds(updates))) {
            for (Accepted update : updates) {
                Optional<float[]> values = vectors.of(update.manifest());
                boolean isOwn = update.manifest().getRound() == round;
                measured.add(new Measured.Update(
                        update.manifest().getTrainer(),
                        measured.size() < MOST_UPLOADS ? upload(vectors, update) : null,
                        isOwn ? both(values, base, Vectors::distance) : null,
                        isOwn
                                ? both(
                                        values,
                                        average,
                                        (one, other) -> Vectors.distance(one, other) / Vectors.norm(other))
                                : null));
                if (isOwn && !origin.isEmpty() && likeness.size() < alike) {
                    values.ifPresent(each -> likeness.add(update.manifest().getTrainer(), flat.split(each)));
                }
            }
        }
        return new Measured(
                round,
                measured,
                likeness.trainers(),
                likeness.cosines(),
                likeness.meanOfValues(),
                likeness.meanOfChanges());
    }

    private interface Measure {
        double of(float[] one, float[] other);
    }

    private static Double both(Optional<float[]> one, Optional<float[]> other, Measure measure) {
        if (one.isEmpty() || other.isEmpty()) {
            return null;
        }
        double value = measure.of(one.get(), other.get());
        return Double.isFinite(value) ? (Double) value : null;
    }

    private static Double upload(UpdateVectors vectors, Accepted update) {
        OptionalLong first = vectors.firstSentAt(update.manifest());
        return first.isPresent() ? (Double) ((update.at() - first.getAsLong()) / 1e3) : null;
    }

    private List<Integer> rounds(List<Accepted> updates) {
        return updates.stream()
                .map(update -> update.manifest().getRound())
                .filter(log::holds)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .toList();
    }

    /** The updates that count, those of earlier rounds first: a source is read in ascending order. */
    private List<Accepted> accepted(JobIndex.Span span) {
        Map<AttemptId, Accepted> accepted = new LinkedHashMap<>();
        each(log.topics().decisions(), span.first(), span.last(), record -> {
            if (record instanceof UpdateAccepted update && update.getRound() == round) {
                accepted.put(
                        AttemptId.of(update.getManifest()),
                        new Accepted(update.getManifest(), update.getHeader().getDecidedAt()));
            } else if (record instanceof UpdateRejected rejected && rejected.getRevoked()) {
                accepted.remove(AttemptId.of(rejected));
            }
        });
        return accepted.values().stream()
                .sorted(Comparator.comparingInt(
                                (Accepted update) -> update.manifest().getRound())
                        .thenComparing(update -> update.manifest().getTrainer()))
                .toList();
    }

    private Map<Integer, RoundPublished> publications(Set<Integer> rounds) {
        Map<Integer, RoundPublished> found = new TreeMap<>();
        each(log.topics().rounds(), 0, Long.MAX_VALUE, record -> {
            if (record instanceof RoundPublished publication && rounds.contains(publication.getRound())) {
                found.put(publication.getRound(), publication);
            }
        });
        return found;
    }

    private void each(Topic topic, long first, long last, Consumer<SpecificRecord> records) {
        try (LogCursor cursor = log.cursor(topic, 0, first)) {
            Optional<LogEntry> next = cursor.next();
            while (next.isPresent() && next.get().offset() <= last) {
                if (log.codec().decode(topic.name(), next.get().value()) instanceof Decoded.Readable readable) {
                    records.accept(readable.record());
                }
                next = cursor.next();
            }
        }
    }

    private float[] vector(RoundPublished publication) {
        try (AdapterStream stream = new AdapterStream(log, shape, publication.getStartOffsets())) {
            return stream.of(publication);
        }
    }

    /** Every tensor that the job shares as of a publication: some are of earlier rounds. */
    private Map<String, Tensor> tensors(RoundPublished publication) {
        Set<Integer> rounds =
                publication.getTensors().stream().map(TensorVersion::getRound).collect(Collectors.toSet());
        Map<Integer, Map<String, Tensor>> read = new TreeMap<>();
        publications(rounds)
                .forEach((number, each) -> read.put(number, shape.flat(number).split(vector(each))));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (TensorVersion version : publication.getTensors()) {
            tensors.put(version.getName(), read.get(version.getRound()).get(version.getName()));
        }
        return tensors;
    }
}
