package io.rondo.schemas.adapter;

import io.rondo.log.JobSpec;
import java.util.List;
import java.util.stream.IntStream;

/** The flat vectors of a job's rounds: of round 0, of odd and of even rounds, since no {@link SharingPolicy} has more. */
public final class RoundLayouts {
    private final List<FlatLayout> flats;

    RoundLayouts(AdapterLayout layout, SharingPolicy policy, int chunkElements, int partitions) {
        this.flats = IntStream.rangeClosed(0, 2)
                .mapToObj(round -> FlatLayout.of(layout, policy, round, chunkElements, partitions))
                .toList();
    }

    /**
     * Those of a job.
     *
     * @throws IllegalArgumentException when the job names a method or head policy that does not exist, or a round has more chunks
     *     than a manifest can name
     * @throws ArithmeticException when a round shares more than 2³¹−1 elements
     */
    public static RoundLayouts of(AdapterLayout layout, JobSpec spec) {
        return new RoundLayouts(
                layout, SharingPolicy.of(spec), spec.getChunkBytes() / Float.BYTES, spec.getPartitions());
    }

    /** @param round from 0 */
    public FlatLayout of(int round) {
        return flats.get(round == 0 ? 0 : 2 - round % 2);
    }
}
