package io.rondo.inspect.receipt;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.inspect.receipt.ReceiptCheck.Outcome;
import io.rondo.log.CohortMember;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.tensor.Digests;

/** What a receipt shows, for people and for programs. */
public record ReceiptText(Outcome outcome) {

    public String text() {
        RoundStatement statement = outcome.statement();
        return outcome.counted()
                .map(member ->
                        "The update of trainer '%s' counted in round %d (revision %d, %d updates), weight %s%s.%n"
                                        .formatted(
                                                member.getTrainer(),
                                                statement.round(),
                                                statement.revision(),
                                                statement.members(),
                                                member.getWeight(),
                                                member.getScale() < 1 ? ", clipped by " + member.getScale() : "")
                                + "Its digest is %s, that of the adapter %s."
                                        .formatted(Digests.hex(member.getDigest()), Digests.hex(statement.adapter())))
                .orElseGet(() -> {
                    UpdateRejected rejected = outcome.rejected().orElseThrow();
                    return "The update of trainer '%s' for round %d did not count: %s, %s.%nThat was decided before round %d was published."
                            .formatted(
                                    rejected.getTrainer(),
                                    rejected.getRound(),
                                    rejected.getReason(),
                                    rejected.getDetail(),
                                    statement.round());
                });
    }

    /** The JSON result. What says nothing of this update is left out. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            boolean counted,
            String jobUuid,
            String trainer,
            int round,
            String attempt,
            Double weight,
            Long numExamples,
            Double scale,
            Integer updates,
            String digest,
            String reason,
            String detail,
            int publishedRound,
            String adapter,
            String chain) {}

    public Object json() {
        return outcome.counted()
                .map(this::counted)
                .orElseGet(() -> rejected(outcome.rejected().orElseThrow()));
    }

    private Result counted(CohortMember member) {
        RoundStatement statement = outcome.statement();
        return new Result(
                true,
                statement.jobUuid(),
                member.getTrainer(),
                statement.round(),
                member.getAttempt(),
                member.getWeight(),
                member.getNumExamples(),
                member.getScale(),
                statement.members(),
                Digests.hex(member.getDigest()),
                null,
                null,
                statement.round(),
                Digests.hex(statement.adapter()),
                Digests.hex(statement.chain()));
    }

    private Result rejected(UpdateRejected rejected) {
        RoundStatement statement = outcome.statement();
        return new Result(
                false,
                statement.jobUuid(),
                rejected.getTrainer(),
                rejected.getRound(),
                rejected.getAttempt(),
                null,
                null,
                null,
                null,
                null,
                rejected.getReason(),
                rejected.getDetail(),
                statement.round(),
                Digests.hex(statement.adapter()),
                Digests.hex(statement.chain()));
    }
}
