package io.rondo.aggregator.log;

import io.rondo.log.JobStarted;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorVersion;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.topic.Topic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/** The published adapters of a job. Its history is passed over, so that memory does not grow with it. Belongs to one thread. */
public final class PublishedAdapters {
    private final JobLog log;
    private final JobStarted job;
    private final JobShape shape;

    private PublishedAdapters(JobLog log, JobStarted job) {
        this.log = log;
        this.job = job;
        this.shape = new JobShape(job);
    }

    /** @throws RondoException with {@code JOB_NOT_FOUND} when no aggregator has started the job */
    public static PublishedAdapters of(JobLog log) {
        Topic decisions = log.topics().decisions();
        for (int partition = 0; partition < decisions.partitions(); partition++) {
            try (LogCursor cursor = log.cursor(decisions, partition, 0)) {
                for (Optional<LogEntry> next = cursor.next(); next.isPresent(); next = cursor.next()) {
                    Optional<JobStarted> started = readable(log, decisions, next.get(), JobStarted.class);
                    if (started.isPresent()) {
                        return new PublishedAdapters(log, started.get());
                    }
                }
            }
        }
        // whether none has started it, or its start cannot be read, is found out by reading everything
        return new PublishedAdapters(log, JobRecords.read(log).job());
    }

    private static <T extends SpecificRecord> Optional<T> readable(
            JobLog log, Topic topic, LogEntry entry, Class<T> type) {
        Decoded decoded = log.codec().decode(topic.name(), entry.value());
        return decoded instanceof Decoded.Readable readable && type.isInstance(readable.record())
                ? Optional.of(type.cast(readable.record()))
                : Optional.empty();
    }

    public JobStarted job() {
        return job;
    }

    /** @throws RondoException with {@code ROUND_NOT_FOUND} when the round is not published */
    public RoundPublished publication(int round) {
        RoundPublished found = publications(Set.of(round)).get(round);
        // what became of the round is in the decisions
        return found == null ? JobRecords.read(log).publication(round) : found;
    }

    private Map<Integer, RoundPublished> publications(Set<Integer> rounds) {
        Map<Integer, RoundPublished> found = new TreeMap<>();
        Topic topic = log.topics().rounds();
        try (LogCursor cursor = log.cursor(topic, 0, 0)) {
            for (Optional<LogEntry> next = cursor.next();
                    next.isPresent() && found.size() < rounds.size();
                    next = cursor.next()) {
                readable(log, topic, next.get(), RoundPublished.class)
                        .filter(published -> rounds.contains(published.getRound()))
                        .ifPresent(published -> found.put(published.getRound(), published));
            }
        }
        return found;
    }

    /** Every tensor that the job shares, with its value as of a round: some values are from earlier rounds. */
    public Map<String, Tensor> tensors(RoundPublished published) {
        Set<Integer> rounds = published.getTensors().stream()
                .map(TensorVersion::getRound)
                .collect(Collectors.toCollection(TreeSet::new));
        Map<Integer, RoundPublished> sources = rounds.equals(Set.of(published.getRound()))
                ? Map.of(published.getRound(), published)
                : publications(rounds);
        return tensors(log, shape, published, round -> {
            RoundPublished source = sources.get(round);
            return source == null ? publication(round) : source;
        });
    }

    static Map<String, Tensor> tensors(
            JobLog log, JobShape shape, RoundPublished published, IntFunction<RoundPublished> publications) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<Integer, Map<String, Tensor>> read = new TreeMap<>();
        for (TensorVersion version : published.getTensors()) {
            tensors.put(
                    version.getName(),
                    read.computeIfAbsent(version.getRound(), round -> split(log, shape, publications.apply(round)))
                            .get(version.getName()));
        }
        return tensors;
    }

    private static Map<String, Tensor> split(JobLog log, JobShape shape, RoundPublished published) {
        return shape.flat(published.getRound()).split(adapter(log, shape, published));
    }

    /** The flat vector of a publication. */
    static float[] adapter(JobLog log, JobShape shape, RoundPublished published) {
        try (AdapterStream stream = new AdapterStream(log, shape, published.getStartOffsets())) {
            return stream.of(published);
        }
    }
}
