package io.rondo.inspect.receipt;

import io.rondo.inspect.receipt.ReceiptCheck.Outcome;
import io.rondo.log.CohortMember;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.tensor.Digests;
import java.util.LinkedHashMap;
import java.util.Map;

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

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("counted", outcome.counted().isPresent());
        json.put("jobUuid", outcome.statement().jobUuid());
        outcome.counted().ifPresent(member -> counted(json, member));
        outcome.rejected().ifPresent(update -> rejected(json, update));
        json.put("publishedRound", outcome.statement().round());
        json.put("adapter", Digests.hex(outcome.statement().adapter()));
        json.put("chain", Digests.hex(outcome.statement().chain()));
        return json;
    }

    private void counted(Map<String, Object> json, CohortMember member) {
        json.put("trainer", member.getTrainer());
        json.put("round", outcome.statement().round());
        json.put("attempt", member.getAttempt());
        json.put("weight", member.getWeight());
        json.put("numExamples", member.getNumExamples());
        json.put("scale", member.getScale());
        json.put("updates", outcome.statement().members());
        json.put("digest", Digests.hex(member.getDigest()));
    }

    private static void rejected(Map<String, Object> json, UpdateRejected rejected) {
        json.put("trainer", rejected.getTrainer());
        json.put("round", rejected.getRound());
        json.put("attempt", rejected.getAttempt());
        json.put("reason", rejected.getReason());
        json.put("detail", rejected.getDetail());
    }
}
