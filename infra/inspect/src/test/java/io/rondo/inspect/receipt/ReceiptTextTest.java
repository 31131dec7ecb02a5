package io.rondo.inspect.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.output.Json;
import io.rondo.inspect.receipt.ReceiptCheck.Outcome;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.sign.RoundStatement;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a receipt prints with {@code --json} stays as it was: programs read it. */
class ReceiptTextTest {
    private static final Sha256 DIGEST = new Sha256(new byte[32]);
    private static final String HEX = "00".repeat(32);
    private static final RoundStatement STATEMENT = new RoundStatement("uuid", 7, 1, DIGEST, 3, DIGEST, 20, 30, DIGEST);

    @Test
    void shouldPrintAnUpdateThatCounted() throws Exception {
        CohortMember member = new CohortMember("a", "t", 160.0, 160L, DIGEST, -1.0, 1.0);

        assertThat(json(new Outcome(STATEMENT, Optional.of(member), Optional.empty())))
                .isEqualTo("{\"counted\":true,\"jobUuid\":\"uuid\",\"trainer\":\"a\",\"round\":7,\"attempt\":\"t\","
                        + "\"weight\":160.0,\"numExamples\":160,\"scale\":1.0,\"updates\":3,\"digest\":\"" + HEX
                        + "\",\"publishedRound\":7,\"adapter\":\"" + HEX + "\",\"chain\":\"" + HEX + "\"}");
    }

    @Test
    void shouldPrintAnUpdateThatDidNot() throws Exception {
        DecisionHeader header = DecisionHeader.newBuilder()
                .setSequence(0)
                .setSource(new Source("manifests", 0L, null, -1L))
                .setDecidedAt(0)
                .build();
        UpdateRejected rejected = new UpdateRejected(header, 6, "a", "i", "t", "late", "", false);

        assertThat(json(new Outcome(STATEMENT, Optional.empty(), Optional.of(rejected))))
                .isEqualTo("{\"counted\":false,\"jobUuid\":\"uuid\",\"trainer\":\"a\",\"round\":6,\"attempt\":\"t\","
                        + "\"reason\":\"late\",\"detail\":\"\",\"publishedRound\":7,\"adapter\":\"" + HEX
                        + "\",\"chain\":\"" + HEX + "\"}");
    }

    private static String json(Outcome outcome) throws Exception {
        return Json.MAPPER.writeValueAsString(new ReceiptText(outcome).json());
    }
}
