package io.rondo.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.cli.output.Json;
import io.rondo.inspect.rounds.RoundHistory;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundOpened;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.TrainerAdmitted;
import io.rondo.trainer.data.ColumnChoice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What the demo prints with {@code --json} stays as it was: programs read it. */
class DemoResultTest {
    @Test
    void shouldPrintItsNamesInTheirOrder() throws Exception {
        assertThat(Json.MAPPER.writeValueAsString(
                        result(List.of(Language.JAVA, Language.JAVA)).json()))
                .isEqualTo("{\"job\":\"demo\",\"method\":\"fedsa\",\"adapter\":\"lora\",\"trainers\":2,\"rounds\":1,"
                        + "\"cohort\":[\"a\",\"b\"],\"uploadedBytesPerTrainerRound\":148764,"
                        + "\"uploadedBytesPerTrainerRoundLora\":297045,\"accuracy\":{\"before\":0.5,\"after\":0.75,"
                        + "\"headOnly\":0.625,\"perTrainer\":[{\"trainer\":\"a\",\"before\":0.5,\"after\":0.75,"
                        + "\"headOnly\":0.625,\"pooled\":1.0},{\"trainer\":\"b\",\"before\":null,\"after\":null,"
                        + "\"headOnly\":null,\"pooled\":null}]},\"seconds\":{\"total\":61.4322,\"firstRound\":null,"
                        + "\"medianRound\":1.5},\"verify\":{\"rounds\":1,\"identical\":1}}");
    }

    @Test
    void shouldNameTheLanguagesWhereOneIsPython() throws Exception {
        assertThat(Json.MAPPER.writeValueAsString(
                        result(List.of(Language.JAVA, Language.PYTHON)).json()))
                .contains(",\"languages\":[\"java\",\"python\"],\"accuracy\":{");
    }

    @Test
    void shouldPrintExactMatchOfALanguageModel() throws Exception {
        DemoResult result = result(
                DemoTask.GENERATION,
                List.of(Language.PYTHON, Language.PYTHON),
                Map.of("test/loss", 1.5, "test/exact-match", 0.0),
                Map.of("test/loss", 0.25, "test/exact-match", 0.75, "pooled/exact-match", 0.5));

        assertThat(Json.MAPPER.writeValueAsString(result.json()))
                .contains(
                        ",\"languages\":[\"python\",\"python\"],\"task\":\"generation\",\"exactMatch\":{\"before\":0.0,"
                                + "\"after\":0.75,\"perTrainer\":[{\"trainer\":\"a\",\"before\":0.0,\"after\":0.75,\"pooled\":0.5},"
                                + "{\"trainer\":\"b\",\"before\":null,\"after\":null,\"pooled\":null}]},"
                                + "\"testLoss\":{\"before\":1.5,\"after\":0.25},\"seconds\":{");
        assertThat(result.text())
                .contains("test loss  1.500 → 0.250", "matches    0.000 → 0.750", "a        0.000 → 0.750");
    }

    private static DemoResult result(List<Language> languages) {
        return result(
                DemoTask.CLASSIFICATION,
                languages,
                Map.of("test/accuracy", 0.5),
                Map.of("test/accuracy", 0.75, "head-only/test/accuracy", 0.62503, "pooled/accuracy", 1.0));
    }

    private static DemoResult result(
            DemoTask task, List<Language> languages, Map<String, Double> before, Map<String, Double> after) {
        DemoSettings settings = new DemoSettings(
                task,
                Optional.empty(),
                2,
                1,
                0.5,
                "fedsa",
                Optional.empty(),
                1,
                100,
                100,
                ColumnChoice.AUTOMATIC,
                languages);
        RoundHistory history = new RoundHistory();
        history.apply(new TrainerAdmitted(at(0), "a", "i", null, ""));
        history.apply(new TrainerAdmitted(at(0), "b", "i", null, ""));
        for (int round = 0; round <= 1; round++) {
            history.apply(opened(round));
            Sha256 digest = new Sha256(new byte[32]);
            history.apply(new RoundCompleted(at(2500), round, 0, digest, digest, digest, List.of()));
        }
        history.apply(new EvaluationRecorded(at(0), 0, "a", before));
        history.apply(new EvaluationRecorded(at(0), 1, "a", after));
        VerificationReport verification = new VerificationReport(
                "demo",
                "uuid",
                List.of(new RoundVerification(1, 0, 2, "00", RoundVerification.Outcome.IDENTICAL, "")),
                List.of(),
                List.of(),
                100,
                1);
        return new DemoResult(
                task,
                settings.job(DemoData.of(settings, note -> {})),
                history,
                verification,
                new UploadSize(148_764, 297_045),
                languages,
                61.43217,
                OptionalDouble.empty());
    }

    private static RoundOpened opened(int round) {
        return RoundOpened.newBuilder()
                .setHeader(at(1000))
                .setJobUuid("uuid")
                .setRound(round)
                .setBaseRound(round - 1)
                .setCohort(List.of("a", "b"))
                .setQuorum(2)
                .setOpenedAt(1000)
                .setDeadline(2000)
                .setElements(100)
                .setChunks(1)
                .build();
    }

    private static DecisionHeader at(long decidedAt) {
        return DecisionHeader.newBuilder()
                .setSequence(0)
                .setSource(new Source("manifests", 0L, null, -1L))
                .setDecidedAt(decidedAt)
                .build();
    }
}
