package io.rondo.bench;

import io.rondo.aggregator.fold.AdapterSource;
import io.rondo.aggregator.fold.FoldResult;
import io.rondo.aggregator.fold.PartitionFold;
import io.rondo.aggregator.fold.StashMemory;
import io.rondo.aggregator.log.KafkaChunkSource;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.log.ChunkDigest;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.List;

/**
 * The aggregator's own fold of one partition, driven by the decisions of the log. Each round must come out as the aggregator
 * published it, bit by bit.
 */
final class FoldReader implements RoundReader {
    /** What an aggregator with the launcher's heap has for it. */
    private static final long STASH_BYTES = 128L << 20;

    /** The benchmark's rounds build on no earlier one. */
    private static final AdapterSource NOTHING = (partition, from, chunks) -> {};

    private final int partition;
    private final RoundLog log;
    private final PartitionFold fold;
    private final List<FoldResult> results = new ArrayList<>();

    FoldReader(LogConnection connection, JobTopics topics, RecordCodec codec, RoundLog log, int partition) {
        this.partition = partition;
        this.log = log;
        this.fold = new PartitionFold(
                partition,
                Strategies::installed,
                new KafkaChunkSource(connection, topics, codec),
                NOTHING,
                () -> 0L,
                results::add,
                StashMemory.of(STASH_BYTES));
    }

    @Override
    public void read(int round) {
        results.clear();
        log.decisions(round).forEach(fold::follow);
        fold.work();
        if (results.size() != 1 || !(results.get(0) instanceof FoldResult.Folded folded)) {
            throw differs(round, results.toString());
        }
        for (ChunkDigest chunk : folded.part().getChunks()) {
            if (!chunk.getDigest().equals(log.published(round).getChunkDigests().get(chunk.getOrdinal()))) {
                throw differs(round, "chunk " + chunk.getOrdinal());
            }
        }
    }

    private RondoException differs(int round, String what) {
        return new RondoException(
                ErrorCode.VERIFICATION_FAILED,
                "partition " + partition + " of round " + round + " was not folded again to the same bytes: " + what,
                "please report this");
    }

    @Override
    public void close() {
        fold.close();
    }
}
