package io.rondo.aggregator.log;

import io.rondo.log.AdapterChunk;
import io.rondo.log.DType;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.AdapterAssembly;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.TensorBytes;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The published adapters of a job, round after round. Each chunk is compared with its digest. Belongs to one thread. */
public final class AdapterStream implements AutoCloseable {
    private final JobLog log;
    private final JobShape shape;
    private final List<LogCursor> cursors = new ArrayList<>();

    /** Starts at the first round. */
    public AdapterStream(JobLog log, JobShape shape) {
        this(log, shape, List.of());
    }

    /** @param startOffsets the start offset of each partition, as a publication names it; from the beginning if empty */
    public AdapterStream(JobLog log, JobShape shape, List<Long> startOffsets) {
        this.log = log;
        this.shape = shape;
        for (int partition = 0; partition < log.topics().partitions(); partition++) {
            long from = partition < startOffsets.size() ? startOffsets.get(partition) : 0;
            cursors.add(log.cursor(log.topics().globalAdapter(), partition, from));
        }
    }

    /**
     * The flat vector of a round; rounds are requested in ascending order.
     *
     * @throws RondoException with {@code ADAPTER_CORRUPT} when a chunk is missing or is not the one that was published
     */
    public float[] of(RoundPublished published) {
        FlatLayout flat = shape.flat(published.getRound());
        AdapterAssembly assembly = AdapterAssembly.of(published, flat);
        float[] values = new float[flat.elements()];
        for (int partition = 0; partition < cursors.size(); partition++) {
            while (!assembly.isComplete(partition)) {
                take(next(partition, published), assembly, flat, values);
            }
        }
        return values;
    }

    private AdapterChunk next(int partition, RoundPublished published) {
        Topic topic = log.topics().globalAdapter();
        Optional<AdapterChunk> next = cursors.get(partition).next().map(entry -> log.codec()
                .require(topic.name(), entry.value(), AdapterChunk.class));
        return next.orElseThrow(() -> corrupt("a chunk of round " + published.getRound() + " is not in partition "
                + partition + " of " + topic.name()));
    }

    private static void take(AdapterChunk chunk, AdapterAssembly assembly, FlatLayout flat, float[] values) {
        switch (assembly.add(chunk)) {
            case TAKEN -> {
                FlatLayout.Chunk place = flat.chunk(chunk.getOrdinal());
                TensorBytes.decode(DType.F32, chunk.getValues(), values, place.position(), place.count());
            }
            case REPEATED, OTHER_ADAPTER, NOT_WANTED -> {}
            case UNKNOWN_ORDINAL, WRONG_SIZE, WRONG_DIGEST ->
                throw corrupt("chunk " + chunk.getOrdinal() + " of round " + chunk.getRound()
                        + " is not the one that was published");
        }
    }

    private static RondoException corrupt(String what) {
        return new RondoException(
                ErrorCode.ADAPTER_CORRUPT, what, "run `rondo verify`, which names what is wrong and what is not");
    }

    @Override
    public void close() {
        cursors.forEach(LogCursor::close);
    }
}
