package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.aggregator.AggregatorListener;
import io.rondo.aggregator.JobPattern;
import io.rondo.aggregator.JobsService;
import io.rondo.aggregator.JobsSettings;
import io.rondo.cli.Main;
import io.rondo.cli.job.JobFile;
import io.rondo.log.JobSpec;
import io.rondo.schemas.client.LogConnection;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Adapters of every form that the real PEFT writes, imported: round 0 computes what PEFT does, or the import names what it
 * does not take. For {@code -Drondo.peft.python=PYTHON}; {@code trainer/nd4j/src/test/python} says how to install it.
 */
@Tag("thorough")
@WithCluster
class ImportedAdaptersIT {
    private static final Path TRAINER = Path.of("..", "..", "trainer", "nd4j", "src", "test")
            .toAbsolutePath()
            .normalize();
    private static final Path BASES = TRAINER.resolve("resources/peft");
    private static final List<String> TAKEN = List.of(
            "lora",
            "rslora",
            "paths",
            "pattern",
            "one-layer",
            "begun-otherwise",
            "fractional-alpha",
            "excluded",
            "no-task",
            "unlisted-head",
            "features",
            "old-keys",
            "half",
            "two-labels",
            "roberta");
    private static final String VERA = "drawn-vera";
    private static final String WARM = "vera-warm";
    private static final String OTHER_LABELS = "three-labels";
    private static final int MAX_LENGTH = 16;
    private static final double PRECISION = 1e-4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path directory;

    private static final String PREFIX = "forms-" + UUID.randomUUID().toString().substring(0, 8) + '-';
    private static LogConnection cluster;
    private static JobsService aggregator;
    private static Thread aggregating;

    private record Outcome(int exitCode, String text) {}

    /** Python starts seldom: that takes longer than all it computes. */
    @BeforeAll
    static void importAll(LogConnection connection) throws Exception {
        assumeTrue(System.getProperty("rondo.peft.python") != null, "no PEFT is given by -Drondo.peft.python=PYTHON");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("DJL_OFFLINE", "true");
        cluster = connection;
        ExampleWriter.write(texts(), examples());
        python("make", directory.toString(), BASES.toString());
        startAggregator();
        submitVera();
        for (String form : TAKEN) {
            take(form, form, form.equals("two-labels") ? List.of("0", "1") : List.of("0", "1", "2"));
        }
        take(OTHER_LABELS, "two-labels", List.of("0", "1", "2"));
        export("vera-start", WARM, "--warm-start");
        python("vera", export("vera-start").toString(), directory.resolve(VERA).toString());
        take(VERA, VERA, List.of("0", "1", "2"));
        List<String> exported = new ArrayList<>();
        for (String form :
                Stream.concat(TAKEN.stream(), Stream.of(OTHER_LABELS, VERA)).toList()) {
            exported.add(export(form).toString());
        }
        python("read", String.join(",", exported));
    }

    @AfterAll
    static void stopAggregator() throws InterruptedException {
        if (aggregator != null) {
            aggregator.stop();
            aggregating.join();
        }
    }

    static Stream<String> taken() {
        return Stream.concat(TAKEN.stream(), Stream.of(VERA));
    }

    @ParameterizedTest
    @MethodSource("taken")
    void shouldStartFromWhatPeftComputes(String form) throws IOException {
        assertThat(Logits.largestDifference(
                        Logits.read(directory.resolve(form).resolve("logits.json")),
                        Logits.read(exported(form).resolve("logits.json"))))
                .isLessThan(PRECISION);
    }

    @Test
    void shouldLeaveOutAHeadForAnotherNumberOfLabels() throws IOException {
        assertThat(Logits.largestDifference(
                        Logits.read(directory.resolve("two-labels").resolve("logits-of-base-head.json")),
                        Logits.read(exported(OTHER_LABELS).resolve("logits.json"))))
                .isLessThan(PRECISION);
    }

    /** The code of the model card, as it stands: it loads, merges and serves. */
    @ParameterizedTest
    @CsvSource({"lora, 3", "two-labels, 2", WARM + ", 3"})
    void shouldRunTheCodeOfTheModelCard(String form, int labels) throws Exception {
        Path adapter = exported(form);
        String card = Files.readString(adapter.resolve("README.md"));
        String code = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL)
                .matcher(card)
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining("\n"));

        runPython(adapter, List.of("-c", code));

        assertThat(card).contains("## Load", "## Merge", "## Serve");
        JsonNode merged = json(adapter.resolve("merged/config.json"));
        assertThat(merged.path("id2label")).hasSize(labels);
        assertThat(merged.path("architectures").path(0).asText())
                .isEqualTo(form.equals(WARM) ? "BertModel" : "BertForSequenceClassification");
    }

    /** An adapter that PEFT computes otherwise than it stands in its tensors would pass the comparison by chance only. */
    @ParameterizedTest
    @ValueSource(strings = {"rslora", "one-layer", "features", "roberta"})
    void shouldCompareWhatDiffers(String form) throws IOException {
        assertThat(Logits.largestDifference(
                        Logits.read(directory.resolve("lora").resolve("logits.json")),
                        Logits.read(directory.resolve(form).resolve("logits.json"))))
                .isGreaterThan(100 * PRECISION);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dora|adapter-unreadable|'use_dora' is true",
                "pissa|adapter-unreadable|'init_lora_weights' is \"pissa\"",
                "olora|adapter-unreadable|'init_lora_weights' is \"olora\"",
                "alora|adapter-unreadable|'alora_invocation_tokens' is [5,6]",
                "some-rows|adapter-unreadable|'enable_lora' is [true,false,true]",
                "transposed|adapter-unreadable|'fan_in_fan_out' is true",
                "no-alpha|adapter-unreadable|'lora_alpha' is not there",
                "ranks|adapter-unreadable|'rank_pattern' is {\"query\":2}",
                "alphas|adapter-unreadable|'alpha_pattern' is {\"query\":2}",
                "all-biases|adapter-unreadable|'bias' is \"all\"",
                "adapter-biases|adapter-unreadable|'bias' is \"lora_only\"",
                "bias-of-b|adapter-unreadable|'lora_bias' is true",
                "new-tokens|adapter-unreadable|'trainable_token_indices' is {\"word_embeddings\":[5,6]}",
                "loha|adapter-unreadable|'peft_type' is 'LOHA'",
                "pooler|adapter-unreadable|has base_model.model.bert.pooler.dense.bias and 1 more, without a place",
                "pooler-adapted|adapter-unreadable|has base_model.model.bert.pooler.dense.lora_A.weight and 1 more",
                "named-by-peft|adapter-unreadable|lora_A.default.weight",
                "embeddings|bad-config|the nd4j trainer has no adapter for module 'word_embeddings'",
                "token-classifier|adapter-unreadable|'task_type' is \"TOKEN_CLS\"",
                "vera|adapter-unreadable|has another base_model.vera_A than a job with seed",
                "undrawn-vera|adapter-unreadable|has no tensor base_model.vera_A",
            })
    void shouldNameWhatItDoesNotTake(String form, String code, String named) {
        Outcome outcome = rondo(importing(form, PREFIX + form, List.of("0", "1", "2")));

        assertThat(outcome.text())
                .contains("error[" + code + "]")
                .contains(named)
                .contains("next:");
        assertThat(outcome.exitCode()).isNotZero();
        assertThat(rondo(List.of("job", "list")).text()).doesNotContain(PREFIX + form + ' ');
    }

    private static void startAggregator() {
        aggregator = JobsService.create(
                new JobsSettings(
                        cluster,
                        JobPattern.of(PREFIX + "*"),
                        "one",
                        directory.resolve("aggregator"),
                        Duration.ofMillis(200),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        Optional.empty()),
                AggregatorListener.NONE);
        aggregating = new Thread(aggregator::run, "aggregator");
        aggregating.start();
    }

    private static Path texts() {
        return directory.resolve("texts.jsonl");
    }

    /** Short, since the small models take 24 tokens at the most, and one of them reads letter by letter. */
    private static List<Example> examples() {
        return Stream.of("we saw it", "a dull plot", "the film", "it was bad", "very good", "not fine")
                .map(text -> new Example(text, Optional.empty(), "0"))
                .toList();
    }

    private static void python(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(TRAINER.resolve("python/adapters.py").toString()));
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of(texts().toString(), Integer.toString(MAX_LENGTH)));
        runPython(directory, command);
    }

    private static void runPython(Path directory, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("rondo.peft.python")));
        command.addAll(arguments);
        Process python = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();
    }

    private static void submitVera() throws IOException {
        Path file = directory.resolve("vera.yaml");
        JobSpec spec = JobFile.of(settings(
                PREFIX + "vera-start",
                List.of("0", "1", "2"),
                "adapter=vera",
                "rank=4",
                "model=" + BASES.resolve("bert")));
        Files.writeString(file, JobFile.render(spec));
        assertThat(rondo(List.of("job", "submit", file.toString()))).satisfies(ImportedAdaptersIT::succeeded);
    }

    private static void take(String job, String form, List<String> labels) {
        assertThat(rondo(importing(form, PREFIX + job, labels))).satisfies(ImportedAdaptersIT::succeeded);
    }

    private static List<String> importing(String form, String job, List<String> labels) {
        List<String> command =
                new ArrayList<>(List.of("import", directory.resolve(form).toString()));
        String base = form.equals("roberta") ? "roberta" : "bert";
        for (String setting : settings(job, labels, "model=" + BASES.resolve(base))) {
            command.addAll(List.of("--set", setting));
        }
        return command;
    }

    /** Everything is shared, so that round 0 holds the whole adapter. */
    private static List<String> settings(String job, List<String> labels, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "name=" + job,
                "labels=" + JobFile.list(labels),
                "method=fedit",
                "head=shared",
                "max-length=" + MAX_LENGTH,
                "partitions=1",
                "min-trainers=1"));
        settings.addAll(Arrays.asList(more));
        return settings;
    }

    /** Waits until the aggregator has published round 0. */
    private static Path export(String job) throws InterruptedException {
        return export(job, job);
    }

    private static Path export(String job, String name, String... what) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("export", "--job", PREFIX + job, "--round", "0"));
        command.addAll(List.of("--out", exported(name).toString()));
        command.addAll(Arrays.asList(what));
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        Outcome outcome = rondo(command);
        while (outcome.text().contains("error[round-not-found]") && System.nanoTime() < giveUp) {
            Thread.sleep(200);
            outcome = rondo(command);
        }
        assertThat(outcome).satisfies(ImportedAdaptersIT::succeeded);
        return exported(name);
    }

    private static Path exported(String name) {
        return directory.resolve("exported").resolve(name);
    }

    private static void succeeded(Outcome outcome) {
        assertThat(outcome.exitCode()).as(outcome.text()).isZero();
    }

    private static Outcome rondo(List<String> command) {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of(
                "--bootstrap-servers", cluster.bootstrapServers(), "--schema-registry", cluster.schemaRegistry()));
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text, true);
        return new Outcome(Main.run(writer, writer, arguments.toArray(String[]::new)), text.toString());
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonMapper.builder().build().readTree(file.toFile());
    }
}
