package io.rondo.page.http;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What a user has to know. Kept as a digest, and compared in a time that tells nothing. */
final class Password {
    private static final int SHORTEST = 8;
    private static final long LONGEST_FILE = 4096;

    private final byte[] digest;

    private Password(byte[] digest) {
        this.digest = digest;
    }

    /**
     * The password in the first line of a file.
     *
     * @throws RondoException with {@code BAD_CONFIG} where it cannot be read, or is too short to be one
     */
    static Password read(Path file) {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw bad(file, "is larger than " + LONGEST_FILE + " bytes", null);
            }
            String line = Files.readString(file).lines().findFirst().orElse("").strip();
            if (line.length() < SHORTEST) {
                throw bad(file, "has a password of " + line.length() + " characters", null);
            }
            return new Password(sha256(line));
        } catch (IOException e) {
            throw bad(file, "cannot be read: " + e, e);
        }
    }

    private static RondoException bad(Path file, String what, Throwable cause) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                "the login file " + file + ' ' + what,
                "write a password of " + SHORTEST + " characters or more into its first line, such as that of"
                        + " `openssl rand -hex 16`",
                cause);
    }

    boolean matches(String given) {
        return MessageDigest.isEqual(digest, sha256(given));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
