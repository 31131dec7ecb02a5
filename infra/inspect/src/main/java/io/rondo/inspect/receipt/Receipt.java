package io.rondo.inspect.receipt;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.sign.VerifyingKey;
import io.rondo.schemas.tensor.Digests;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The file (schemas/README.md, section 8). Bytes are hexadecimal digits.
 *
 * @param version 1
 * @param trainer whose update it is about
 * @param round the round that the update was for
 * @param statement what the aggregator has signed
 * @param member the trainer's entry among the members, as an Avro body: the update counted; null otherwise
 * @param members the digest of each member, in order; null where it did not count
 * @param rejection the {@code UpdateRejected}, as an Avro body: the update did not count; null otherwise
 * @param previous the digest of the publication before; null where the update counted
 * @param decisions what the chain value covers: for each decision the digest of its source and its own; null where it counted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Receipt(
        int version,
        String trainer,
        int round,
        Statement statement,
        String member,
        List<String> members,
        String rejection,
        String previous,
        List<List<String>> decisions) {
    static final int VERSION = 1;

    /**
     * The fields of {@link RoundStatement}.
     *
     * @param key the aggregator's public key; who checks the receipt has to know it from elsewhere
     */
    public record Statement(
            String jobUuid,
            int round,
            int revision,
            String adapter,
            int members,
            String membersDigest,
            long firstSequence,
            long lastSequence,
            String chain,
            String key,
            String signature) {

        /** What the aggregator has stated of a publication; empty if it has not signed it for receipts. */
        static Optional<Statement> of(RoundPublished published) {
            return RoundStatement.signature(published).map(signature -> {
                RoundStatement stated = RoundStatement.of(published);
                return new Statement(
                        stated.jobUuid(),
                        stated.round(),
                        stated.revision(),
                        Digests.hex(stated.adapter()),
                        stated.members(),
                        Digests.hex(stated.membersDigest()),
                        stated.firstSequence(),
                        stated.lastSequence(),
                        Digests.hex(stated.chain()),
                        VerifyingKey.PREFIX + published.getSignature().getKeyId(),
                        HexFormat.of().formatHex(signature));
            });
        }
    }
}
