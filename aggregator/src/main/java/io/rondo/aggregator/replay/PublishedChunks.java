package io.rondo.aggregator.replay;

import io.rondo.log.AdapterChunk;
import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Digests of the bytes that stand on global-adapter, computed here and not taken from the records. */
final class PublishedChunks {
    private final Map<Key, Sha256> digests = new HashMap<>();

    private record Key(int round, int revision, int ordinal) {}

    /** Takes note of a chunk. Returns what is wrong with it, if anything is. */
    Optional<String> add(AdapterChunk chunk) {
        Sha256 digest = digest(chunk.getValues());
        Sha256 before = digests.put(new Key(chunk.getRound(), chunk.getRevision(), chunk.getOrdinal()), digest);
        if (before != null) {
            return Optional.of(name(chunk) + " stands on global-adapter twice");
        }
        return digest.equals(chunk.getDigest())
                ? Optional.empty()
                : Optional.of(name(chunk) + " does not have the digest that it names");
    }

    Optional<Sha256> digest(int round, int revision, int ordinal) {
        return Optional.ofNullable(digests.get(new Key(round, revision, ordinal)));
    }

    private static String name(AdapterChunk chunk) {
        return "chunk " + chunk.getOrdinal() + " of round " + chunk.getRound() + ", revision " + chunk.getRevision();
    }

    private static Sha256 digest(ByteBuffer values) {
        MessageDigest sha256 = Digests.newSha256();
        sha256.update(values.duplicate());
        return new Sha256(sha256.digest());
    }
}
