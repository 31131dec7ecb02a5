package io.rondo.trainer.sdk;

import io.rondo.log.RoundPublished;
import io.rondo.log.TensorVersion;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.schemas.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** The adapters that a job has published, as of any round. Used by one thread. */
public final class PublishedAdapters implements AutoCloseable {
    private final FederatedJob job;
    private final AdapterReader adapters;
    /** The last revision of each round. */
    private final TreeMap<Integer, RoundPublished> publications = new TreeMap<>();

    private PublishedAdapters(FederatedJob job, AdapterReader adapters) {
        this.job = job;
        this.adapters = adapters;
    }

    /** Reads what has been published until now. */
    public static PublishedAdapters open(LogConnection log, RecordCodec codec, FederatedJob job) {
        PublishedAdapters published = new PublishedAdapters(job, new AdapterReader(log, codec, job));
        Topic rounds = job.topics().rounds();
        try (LogReader reader = LogReader.open(log, Map.of(new TopicPartition(rounds.name(), 0), 0L))) {
            reader.readToEnd(record -> {
                if (codec.decode(rounds.name(), record.value()) instanceof Decoded.Readable readable
                        && readable.record() instanceof RoundPublished publication
                        && publication.getJobUuid().equals(job.uuid())) {
                    published.publications.put(publication.getRound(), publication);
                }
            });
        }
        return published;
    }

    /**
     * The publication of a round.
     *
     * @throws RondoException with {@link ErrorCode#ROUND_NOT_FOUND} when there is none
     */
    public RoundPublished publication(int round) {
        RoundPublished published = publications.get(round);
        if (published == null) {
            throw new RondoException(
                    ErrorCode.ROUND_NOT_FOUND,
                    "job '" + job.spec().getName() + "' has not published round " + round
                            + (publications.isEmpty()
                                    ? ", nor any other"
                                    : "; the last one published is " + publications.lastKey()),
                    "choose a round that `rondo rounds` shows as published");
        }
        return published;
    }

    /**
     * Every tensor that had been shared by the end of a round, with the value that it had then.
     *
     * @throws RondoException as {@link #publication}, and with {@link ErrorCode#ADAPTER_CORRUPT} when a chunk is missing or is
     *     not what was published
     */
    public List<Tensor> asOf(int round) {
        RoundPublished published = publication(round);
        Set<String> names =
                published.getTensors().stream().map(TensorVersion::getName).collect(Collectors.toSet());
        GlobalTensors values = new GlobalTensors();
        values.advance(published, names, this::publication, adapters::read);
        return values.of(names);
    }

    @Override
    public void close() {
        adapters.close();
    }
}
