package io.rondo.trainer.nd4j;

import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The key of a step's dropout: the first eight bytes, big-endian, of the SHA-256 of {@code rondo-dropout-v1}, line feed, the
 * seed in decimal, line feed, the trainer's id, line feed, the round in decimal, line feed, the step in decimal.
 */
final class DropoutKey {
    private DropoutKey() {}

    static long of(long seed, String trainerId, int round, int step) {
        String text = "rondo-dropout-v1\n" + seed + '\n' + trainerId + '\n' + round + '\n' + step;
        return ByteBuffer.wrap(Digests.newSha256().digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
