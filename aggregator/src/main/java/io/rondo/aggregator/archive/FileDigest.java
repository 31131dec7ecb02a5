package io.rondo.aggregator.archive;

import io.rondo.schemas.tensor.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** SHA-256 of files. */
final class FileDigest {
    private static final int BUFFER = 1 << 16;

    private FileDigest() {}

    /** In hexadecimal digits. */
    static String of(Path file) throws IOException {
        MessageDigest sha256 = Digests.newSha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream bytes = Files.newInputStream(file)) {
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                sha256.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
