package io.rondo.aggregator.verify;

import io.rondo.aggregator.fold.ChunkSource;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobShape;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.round.AttemptId;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.log.OffsetRange;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.Topic;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the record of an update in one partition that does not match its manifest. */
final class FaultPlace {
    private final JobLog log;
    private final JobShape shape;
    private final int partition;

    FaultPlace(JobLog log, JobShape shape, int partition) {
        this.log = log;
        this.shape = shape;
        this.partition = partition;
    }

    /** The first record that does not match, or else the missing chunk, reported at the start of its range. */
    Optional<LogDifference> of(UpdateManifest manifest) {
        int round = manifest.getRound();
        Topic topic = log.topics().round(round);
        FlatLayout flat = shape.flat(round);
        OffsetRange range = manifest.getRanges().get(partition);
        Set<Integer> missing = new HashSet<>();
        flat.chunksOf(partition).forEach(chunk -> missing.add(chunk.ordinal()));
        Map<Integer, LogDifference> misfits = new LinkedHashMap<>();
        try (ChunkSource chunks = log.chunks(partition, List.of(round))) {
            chunks.read(round, partition, range.getFirst(), range.getLast(), (offset, chunk) -> {
                if (offset > range.getLast()
                        || !AttemptId.of(chunk).equals(AttemptId.of(manifest))
                        || !missing.contains(chunk.getOrdinal())) {
                    return;
                }
                boolean fits = fits(chunk, manifest);
                if (!fits) {
                    misfits.putIfAbsent(
                            chunk.getOrdinal(), at(round, chunk.getOrdinal()).at(topic, partition, offset));
                }
                if (fits || !RulesVersion.passOverForeignChunks(shape.spec())) {
                    missing.remove(chunk.getOrdinal());
                }
            });
        }
        return misfits.entrySet().stream()
                .filter(misfit ->
                        !RulesVersion.passOverForeignChunks(shape.spec()) || missing.contains(misfit.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .or(() -> missing.stream().sorted().findFirst().map(ordinal -> at(round, ordinal)
                        .at(topic, partition, range.getFirst())));
    }

    private LogDifference at(int round, int ordinal) {
        return LogDifference.of("")
                .at(shape.place(round, shape.flat(round).chunk(ordinal).position()));
    }

    private static boolean fits(TensorChunk chunk, UpdateManifest manifest) {
        MessageDigest sha256 = Digests.newSha256();
        sha256.update(chunk.getValues().duplicate());
        Sha256 digest = new Sha256(sha256.digest());
        return chunk.getRound() == manifest.getRound()
                && digest.equals(chunk.getDigest())
                && digest.equals(manifest.getChunkDigests().get(chunk.getOrdinal()));
    }
}
