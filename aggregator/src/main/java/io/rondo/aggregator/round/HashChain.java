package io.rondo.aggregator.round;

import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The hash chain over the log (docs/decisions/0004): the value of a round is the SHA-256 of the line {@code
 * rondo-chain-v1} with its line feed, the digest of the previous {@code RoundPublished} (32 zero bytes before the first),
 * and for each decision since then, in order, the digest of what it answers (32 zero bytes for the clock) and the digest
 * of its own body.
 */
public final class HashChain {
    private static final byte[] VERSION_TAG = "rondo-chain-v1\n".getBytes(StandardCharsets.US_ASCII);
    private static final Sha256 NONE = new Sha256(new byte[32]);

    private Sha256 previous = NONE;
    private final List<Sha256> links = new ArrayList<>();

    /** @param answered digest of what the decision answers, or null for the clock */
    public void add(Sha256 answered, Sha256 decision) {
        links.add(answered == null ? NONE : answered);
        links.add(decision);
    }

    /** The value over everything added since the last publication. */
    public Sha256 value() {
        MessageDigest sha256 = Digests.newSha256();
        sha256.update(VERSION_TAG);
        sha256.update(previous.bytes());
        links.forEach(link -> sha256.update(link.bytes()));
        return new Sha256(sha256.digest());
    }

    /** A round was published: the next value starts from it. */
    public void published(Sha256 digest) {
        previous = digest;
        links.clear();
    }
}
