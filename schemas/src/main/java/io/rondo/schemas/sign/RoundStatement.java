package io.rondo.schemas.sign;

import io.rondo.log.CohortMember;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.Signature;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An aggregator's statement about a published round that names no trainer (schemas/README.md, section 8). A receipt uses it
 * to prove that one update counted, or why not, and contains only digests of the others.
 *
 * @param members how many updates the round has
 * @param membersDigest SHA-256 of their digests in order, see {@link #digest(CohortMember)}
 * @param firstSequence the first decision that the chain value covers
 * @param lastSequence the last one
 */
public record RoundStatement(
        String jobUuid,
        int round,
        int revision,
        Sha256 adapter,
        int members,
        Sha256 membersDigest,
        long firstSequence,
        long lastSequence,
        Sha256 chain) {
    private static final String TAG = "rondo-receipt-v1\n";

    public static RoundStatement of(RoundPublished published) {
        return new RoundStatement(
                published.getJobUuid(),
                published.getRound(),
                published.getRevision(),
                published.getDigest(),
                published.getMembers().size(),
                Digests.ofDigests(published.getMembers().stream()
                        .map(RoundStatement::digest)
                        .toList()),
                published.getFirstSequence(),
                published.getLastSequence(),
                published.getChain());
    }

    /** The digest of one update. Its random attempt id keeps others from guessing the remaining fields. */
    public static Sha256 digest(CohortMember member) {
        return CanonicalText.digest(member);
    }

    /** Signs the publication and this statement, and sets both signatures in the publication. */
    public static RoundPublished signed(RoundPublished published, SigningKey key) {
        Signature signature = key.sign(published, published.getRound(), null);
        ByteBuffer receipt = ByteBuffer.wrap(key.sign(of(published).text()));
        return RoundPublished.newBuilder(published)
                .setSignature(
                        Signature.newBuilder(signature).setReceipt(receipt).build())
                .build();
    }

    /** The signature of the statement in a publication; empty if there is none, as in older logs. */
    public static Optional<byte[]> signature(RoundPublished published) {
        return Optional.ofNullable(published.getSignature())
                .map(Signature::getReceipt)
                .map(value -> {
                    byte[] bytes = new byte[value.remaining()];
                    value.duplicate().get(bytes);
                    return bytes;
                });
    }

    /** What is wrong with the signature of the statement in a publication; empty if there is none. */
    public static Optional<String> problem(RoundPublished published, VerifyingKey key) {
        return signature(published)
                .filter(signature -> !of(published).isSignedBy(key, signature))
                .map(signature -> "the signature for receipts is not of these values");
    }

    public boolean isSignedBy(VerifyingKey key, byte[] signature) {
        return key.verifies(text(), signature);
    }

    /** The bytes that are signed. */
    byte[] text() {
        return (TAG
                        + "job " + jobUuid + '\n'
                        + "round " + round + '\n'
                        + "revision " + revision + '\n'
                        + "adapter " + Digests.hex(adapter) + '\n'
                        + "members " + members + ' ' + Digests.hex(membersDigest) + '\n'
                        + "decisions " + firstSequence + ' ' + lastSequence + '\n'
                        + "chain " + Digests.hex(chain) + '\n')
                .getBytes(StandardCharsets.UTF_8);
    }
}
