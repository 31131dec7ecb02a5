package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.tensor.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The digests of a directory's files, kept beside them in {@code SHA256SUMS}, in the form of {@code sha256sum}. They tell
 * a directory that was written whole and has not changed since from any other.
 */
final class DirectoryDigests {
    private static final String SUMS = "SHA256SUMS";
    private static final int BUFFER_BYTES = 1 << 20;

    private DirectoryDigests() {}

    static void write(Path directory) throws IOException {
        Files.writeString(directory.resolve(SUMS), sums(directory), StandardCharsets.UTF_8);
    }

    /** Whether every file is as it was when the digests were written. */
    static boolean match(Path directory) {
        try {
            Path sums = directory.resolve(SUMS);
            return Files.isRegularFile(sums)
                    && Files.readString(sums, StandardCharsets.UTF_8).equals(sums(directory));
        } catch (IOException e) {
            return false;
        }
    }

    private static String sums(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.filter(file -> !file.endsWith(SUMS)).sorted().toList();
        }
        StringBuilder sums = new StringBuilder();
        for (Path file : files) {
            sums.append(sha256(file)).append("  ").append(file.getFileName()).append('\n');
        }
        return sums.toString();
    }

    static String sha256(Path file) throws IOException {
        MessageDigest digest = Digests.newSha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
