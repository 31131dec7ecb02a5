package io.rondo.schemas.tensor;

import io.rondo.log.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 digests of bytes, and of lists of digests. */
public final class Digests {
    private Digests() {}

    /** SHA-256 of the pieces, one after the other. */
    public static Sha256 of(byte[]... pieces) {
        MessageDigest sha256 = newSha256();
        for (byte[] piece : pieces) {
            sha256.update(piece);
        }
        return new Sha256(sha256.digest());
    }

    /** SHA-256 of what remains in the buffer, whose position is left as it was. */
    public static Sha256 of(ByteBuffer bytes) {
        MessageDigest sha256 = newSha256();
        sha256.update(bytes.duplicate());
        return new Sha256(sha256.digest());
    }

    /** The digest of an update or an adapter: SHA-256 of its chunk digests in order. */
    public static Sha256 ofDigests(List<Sha256> digests) {
        MessageDigest sha256 = newSha256();
        digests.forEach(digest -> sha256.update(digest.bytes()));
        return new Sha256(sha256.digest());
    }

    public static String hex(Sha256 digest) {
        return HexFormat.of().formatHex(digest.bytes());
    }

    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
