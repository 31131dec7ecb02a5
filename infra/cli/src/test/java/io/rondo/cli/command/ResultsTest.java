package io.rondo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rondo.cli.check.Finding;
import io.rondo.cli.job.JobServers.Server;
import io.rondo.cli.output.Json;
import io.rondo.log.Lineage;
import io.rondo.log.Sha256;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.trainer.api.bench.ProductKernels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What commands print with {@code --json} stays as it was, the order of the names included: programs read it. */
class ResultsTest {
    private static final String NO_DIGEST = "00".repeat(32);

    @Test
    void shouldPrintWhatArchiveAndRestoreDid() throws Exception {
        assertThat(json(new ArchiveCommand.Result("out", "demo", "uuid", 0, 2, 25, 213, 1_410_238, 3, "4a", List.of())))
                .isEqualTo(
                        "{\"archive\":\"out\",\"job\":\"demo\",\"jobUuid\":\"uuid\",\"from\":0,\"to\":2,\"files\":25,"
                                + "\"records\":213,\"bytes\":1410238,\"identical\":3,\"sha256\":\"4a\",\"deleted\":[]}");
        assertThat(json(new ArchiveCommand.NothingDue("demo", false))).isEqualTo("{\"job\":\"demo\",\"due\":false}");
        assertThat(json(new RestoreCommand.Result("demo", "uuid", 10, 213, 18, new TreeMap<>(Map.of(9, 3, 8, 2)))))
                .isEqualTo("{\"job\":\"demo\",\"jobUuid\":\"uuid\",\"topics\":10,\"records\":213,\"schemas\":18,"
                        + "\"rewrittenIds\":{\"8\":2,\"9\":3}}");
    }

    @Test
    void shouldPrintWhatBecameOfAJob() throws Exception {
        assertThat(json(new JobInitCommand.Result("job.yaml"))).isEqualTo("{\"file\":\"job.yaml\"}");
        assertThat(json(new JobSubmitCommand.Result("demo", "uuid", 26, "1d")))
                .isEqualTo("{\"job\":\"demo\",\"jobUuid\":\"uuid\",\"tensors\":26,\"layoutDigest\":\"1d\"}");
        assertThat(json(new JobControlCommand.Result("demo", "pause", false)))
                .isEqualTo("{\"job\":\"demo\",\"action\":\"pause\",\"decided\":false}");
    }

    @Test
    void shouldPrintEveryJobWithNullForWhatIsNotKnown() throws Exception {
        JobListCommand.Result jobs = new JobListCommand.Result(List.of(
                new JobListCommand.Result.Job(
                        "one",
                        "u1",
                        "fedsa",
                        "lora",
                        "m",
                        2,
                        5,
                        List.of(new Server("aggregator-1", "/127.0.0.1", 4)),
                        null),
                new JobListCommand.Result.Job(
                        "two",
                        "u2",
                        "fedsa",
                        "lora",
                        "m",
                        2,
                        6,
                        null,
                        Lineages.json(new Lineage("one", "u1", 1, new Sha256(new byte[32]))))));

        assertThat(json(jobs))
                .isEqualTo("{\"jobs\":[{\"job\":\"one\",\"jobUuid\":\"u1\",\"method\":\"fedsa\",\"adapter\":\"lora\","
                        + "\"model\":\"m\",\"rounds\":2,\"submittedAt\":5,"
                        + "\"servedBy\":[{\"instance\":\"aggregator-1\",\"host\":\"/127.0.0.1\",\"partitions\":4}],"
                        + "\"lineage\":null},{\"job\":\"two\",\"jobUuid\":\"u2\",\"method\":\"fedsa\",\"adapter\":\"lora\","
                        + "\"model\":\"m\",\"rounds\":2,\"submittedAt\":6,\"servedBy\":null,"
                        + "\"lineage\":{\"job\":\"one\",\"jobUuid\":\"u1\",\"round\":1,\"digest\":\"" + NO_DIGEST
                        + "\"}}]}");
    }

    @Test
    void shouldPrintKeysAndCredentials() throws Exception {
        assertThat(json(new KeysCreateCommand.Result("key", "ed25519:00")))
                .isEqualTo("{\"file\":\"key\",\"publicKey\":\"ed25519:00\"}");
        assertThat(json(new KeysShowCommand.Result("ed25519:00"))).isEqualTo("{\"publicKey\":\"ed25519:00\"}");
        assertThat(json(new KeysListCommand.Result("demo", "", "", new TreeMap<>(Map.of("a", List.of("ed25519:00"))))))
                .isEqualTo("{\"job\":\"demo\",\"operatorKey\":\"\",\"aggregatorKey\":\"\","
                        + "\"trainers\":{\"a\":[\"ed25519:00\"]}}");
        assertThat(json(new KeysOutput.Result("demo", "a", "ed25519:00", "add", true)))
                .isEqualTo("{\"job\":\"demo\",\"trainer\":\"a\",\"publicKey\":\"ed25519:00\",\"action\":\"add\","
                        + "\"decided\":true}");
        assertThat(json(new SecurityInitCommand.Result("sec", List.of("a", "b"), "2029-03-03")))
                .isEqualTo("{\"directory\":\"sec\",\"trainers\":[\"a\",\"b\"],\"firstExpiry\":\"2029-03-03\"}");
        assertThat(json(new SecurityApplyCommand.Result(List.of("demo"), 4, 31, 1)))
                .isEqualTo("{\"jobs\":[\"demo\"],\"users\":4,\"acls\":31,\"revoked\":1}");
        assertThat(json(new SecurityRotateCommand.Result("a"))).isEqualTo("{\"name\":\"a\"}");
        assertThat(json(new SecurityRevokeCommand.Result("a"))).isEqualTo("{\"name\":\"a\"}");
    }

    @Test
    void shouldPrintFindingsWithACodeForFailuresAlone() throws Exception {
        Finding ok = new Finding(Finding.State.OK, "topics", "fine", "", Optional.empty());
        Finding failed =
                new Finding(Finding.State.FAIL, "registry", "gone", "start it", Optional.of(ErrorCode.BAD_CONFIG));

        assertThat(json(new CheckCommand.Result("operator", null, List.of(ok.json(), failed.json()))))
                .isEqualTo("{\"role\":\"operator\",\"job\":null,\"findings\":["
                        + "{\"state\":\"ok\",\"subject\":\"topics\",\"text\":\"fine\",\"next\":\"\"},"
                        + "{\"state\":\"fail\",\"subject\":\"registry\",\"text\":\"gone\",\"next\":\"start it\","
                        + "\"code\":\"bad-config\"}]}");
    }

    @Test
    void shouldPrintTheClusterAndThePlannedTopics() throws Exception {
        assertThat(json(new UpCommand.Result("127.0.0.1:1", "http://127.0.0.1:2")))
                .isEqualTo("{\"bootstrapServers\":\"127.0.0.1:1\",\"schemaRegistry\":\"http://127.0.0.1:2\"}");
        assertThat(json(new TopicsCommand.Result(
                        "demo",
                        "commands",
                        List.of(new TopicsCommand.Result.PlannedTopic(
                                "t", 4, -1, new TreeMap<>(Map.of("retention.ms", "-1")))),
                        "text")))
                .isEqualTo("{\"job\":\"demo\",\"format\":\"commands\",\"topics\":[{\"name\":\"t\",\"partitions\":4,"
                        + "\"replication\":-1,\"config\":{\"retention.ms\":\"-1\"}}],\"text\":\"text\"}");
    }

    @Test
    void shouldPrintVersionsWithTheProductsWhereATrainerIsInstalled() throws Exception {
        assertThat(json(new VersionCommand.Result("0.1.0", "4.3.1", "1.12.2", "17", null)))
                .isEqualTo("{\"rondo\":\"0.1.0\",\"kafka\":\"4.3.1\",\"avro\":\"1.12.2\",\"java\":\"17\"}");
        ProductKernels products = new ProductKernels("oneDNN", "3.8.1", "AVX2", 1, 101.4024, Double.NaN);
        assertThat(json(new VersionCommand.Result("0.1.0", "4.3.1", "1.12.2", "17", ProductsOutput.json(products))))
                .endsWith(
                        ",\"products\":{\"library\":\"oneDNN\",\"version\":\"3.8.1\",\"kernels\":\"AVX2\",\"threads\":1,"
                                + "\"gflops\":101.402,\"peakGflops\":null,\"slow\":false}}");
    }

    private static String json(Object result) throws JsonProcessingException {
        return Json.MAPPER.writeValueAsString(result);
    }
}
