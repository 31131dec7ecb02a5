package io.rondo.inspect.receipt;

import io.rondo.aggregator.round.HashChain;
import io.rondo.log.CohortMember;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.sign.VerifyingKey;
import io.rondo.schemas.tensor.Digests;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Checks a receipt with the aggregator's key alone: no log, no registry. */
public final class ReceiptCheck {
    private static final int DIGEST_BYTES = 32;

    /**
     * What a sound receipt shows: one of the two is there.
     *
     * @param counted the update as it counted
     * @param rejected why it did not
     */
    public record Outcome(
            RoundStatement statement, Optional<CohortMember> counted, Optional<UpdateRejected> rejected) {}

    private ReceiptCheck() {}

    /** @throws IllegalArgumentException when the receipt does not show what it says */
    public static Outcome check(Receipt receipt, VerifyingKey aggregator) {
        require(receipt.version() == Receipt.VERSION, "its version is " + receipt.version() + ", known is 1");
        require(receipt.trainer() != null && receipt.statement() != null, "it has no trainer or no statement");
        RoundStatement statement = statement(receipt.statement());
        require(
                statement.isSignedBy(aggregator, bytes(receipt.statement().signature())),
                "the statement is not signed with " + aggregator);
        require(
                receipt.member() == null != (receipt.rejection() == null),
                "it has to have either a member or a rejection");
        return receipt.member() != null
                ? new Outcome(statement, Optional.of(member(receipt, statement)), Optional.empty())
                : new Outcome(statement, Optional.empty(), Optional.of(rejection(receipt, statement)));
    }

    private static CohortMember member(Receipt receipt, RoundStatement statement) {
        CohortMember member = Bodies.read(bytes(receipt.member()), CohortMember.getClassSchema(), CohortMember.class);
        require(receipt.members() != null, "it has no digests of the members");
        List<Sha256> members =
                receipt.members().stream().map(ReceiptCheck::digest).toList();
        require(
                members.size() == statement.members()
                        && Digests.ofDigests(members).equals(statement.membersDigest()),
                "its members are not those of the statement");
        require(members.contains(RoundStatement.digest(member)), "the update is none of the members");
        require(
                member.getTrainer().equals(receipt.trainer()) && statement.round() == receipt.round(),
                "it is about another trainer or round than it says");
        return member;
    }

    private static UpdateRejected rejection(Receipt receipt, RoundStatement statement) {
        byte[] body = bytes(receipt.rejection());
        UpdateRejected rejected = Bodies.read(body, UpdateRejected.getClassSchema(), UpdateRejected.class);
        require(receipt.decisions() != null, "it has no digests of the decisions");
        HashChain chain = new HashChain();
        chain.published(digest(receipt.previous()));
        for (List<String> link : receipt.decisions()) {
            require(link != null && link.size() == 2, "a decision needs two digests");
            chain.add(digest(link.get(0)), digest(link.get(1)));
        }
        require(
                receipt.decisions().size() == statement.lastSequence() - statement.firstSequence() + 1
                        && chain.value().equals(statement.chain()),
                "its decisions are not those of the chain value");
        long place = rejected.getHeader().getSequence() - statement.firstSequence();
        require(
                place >= 0
                        && place < receipt.decisions().size()
                        && digest(receipt.decisions().get((int) place).get(1)).equals(Digests.of(body)),
                "the rejection is none of the decisions");
        require(
                rejected.getTrainer().equals(receipt.trainer()) && rejected.getRound() == receipt.round(),
                "it is about another trainer or round than it says");
        return rejected;
    }

    private static RoundStatement statement(Receipt.Statement signed) {
        require(signed.jobUuid() != null && signed.jobUuid().matches("[0-9a-f-]{36}"), "the job's UUID is none");
        return new RoundStatement(
                signed.jobUuid(),
                signed.round(),
                signed.revision(),
                digest(signed.adapter()),
                signed.members(),
                digest(signed.membersDigest()),
                signed.firstSequence(),
                signed.lastSequence(),
                digest(signed.chain()));
    }

    static Sha256 digest(String hex) {
        byte[] bytes = bytes(hex);
        require(bytes.length == DIGEST_BYTES, "a digest has " + bytes.length + " bytes, not " + DIGEST_BYTES);
        return new Sha256(bytes);
    }

    private static byte[] bytes(String hex) {
        require(hex != null, "a value is missing");
        return HexFormat.of().parseHex(hex);
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
