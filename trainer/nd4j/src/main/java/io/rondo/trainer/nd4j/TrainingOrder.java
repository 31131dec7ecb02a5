package io.rondo.trainer.nd4j;

import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which examples a round trains on, and in which order: permutations of the training set, one after the other. The seed,
 * the trainer and the round decide all of them, so a trainer that starts again repeats itself.
 *
 * <p>The permutations are Fisher-Yates shuffles by {@link Random}, whose algorithm the JDK specifies, seeded by the first
 * eight bytes, big-endian, of the SHA-256 of {@code rondo-order-v1}, line feed, the seed in decimal, line feed, the
 * trainer's id, line feed, the round in decimal.
 */
final class TrainingOrder {
    private TrainingOrder() {}

    /** @return indices of {@code count} examples out of {@code size}; none comes again before all have come */
    static int[] of(long seed, String trainerId, int round, int size, int count) {
        String text = "rondo-order-v1\n" + seed + '\n' + trainerId + '\n' + round;
        byte[] digest = Digests.newSha256().digest(text.getBytes(StandardCharsets.UTF_8));
        Random random = new Random(ByteBuffer.wrap(digest).getLong());
        int[] order = new int[count];
        for (int from = 0; from < count; from += size) {
            int[] permutation = permutation(size, random);
            System.arraycopy(permutation, 0, order, from, Math.min(size, count - from));
        }
        return order;
    }

    private static int[] permutation(int size, Random random) {
        int[] permutation = IntStream.range(0, size).toArray();
        for (int i = size - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int value = permutation[i];
            permutation[i] = permutation[other];
            permutation[other] = value;
        }
        return permutation;
    }
}
