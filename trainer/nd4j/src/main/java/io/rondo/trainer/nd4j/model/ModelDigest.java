package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * SHA-256 of all that decides what a base model computes: its dimensions, its tokenizer, and every tensor's
 * name and values as little-endian float32. How the weights are cut into files, and whether they were stored in half
 * precision, makes no difference.
 */
final class ModelDigest {
    private static final int BLOCK = 1 << 16;

    private ModelDigest() {}

    static String of(ModelDirectory model) {
        MessageDigest digest = Digests.newSha256();
        line(digest, "rondo-model-v1");
        line(digest, model.config().canonical());
        TokenizerFiles tokenizer = model.tokenizer();
        try {
            line(digest, DirectoryDigests.sha256(tokenizer.file()));
        } catch (IOException e) {
            throw TokenizerFiles.unreadable(tokenizer.file(), "cannot be read: " + e, e);
        }
        tokenizer.changes().ifPresent(changes -> line(digest, changes));
        float[] block = new float[BLOCK];
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (SafeTensorsWriter.Header tensor : model.headers()) {
            line(digest, tensor.name());
            for (long from = 0; from < tensor.elements(); from += BLOCK) {
                int count = (int) Math.min(BLOCK, tensor.elements() - from);
                model.read(tensor.name(), from, block, count);
                bytes.clear().asFloatBuffer().put(block, 0, count);
                digest.update(bytes.limit(count * Float.BYTES));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void line(MessageDigest digest, String text) {
        digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
