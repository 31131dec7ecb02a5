package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.cli.Main;
import io.rondo.cli.job.JobFile;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.data.Example;
import io.rondo.trainer.data.ExampleWriter;
import io.rondo.trainer.nd4j.Nd4jTrainerFactory;
import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.Engine;
import io.rondo.trainer.nd4j.engine.EngineSettings;
import io.rondo.trainer.nd4j.engine.Head;
import io.rondo.trainer.nd4j.engine.StateCache;
import io.rondo.trainer.nd4j.engine.TargetModule;
import io.rondo.trainer.nd4j.model.ModelDirectory;
import io.rondo.trainer.nd4j.text.TextTokenizer;
import io.rondo.trainer.runtime.state.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Adapters that a job trained, exported and imported, of every variant and family; with {@code -Drondo.peft.python=PYTHON} also
 * loaded by the real PEFT. {@code trainer/nd4j/src/test/python} says how to install it.
 */
@WithCluster
@Tag("thorough")
class PeftIT {
    private static final Path TRAINER = Path.of("..", "..", "trainer", "nd4j", "src", "test")
            .toAbsolutePath()
            .normalize();
    private static final String LABELS = "0,1,2";
    private static final int MAX_LENGTH = 16;
    private static final double PRECISION = 1e-4;

    @TempDir
    private Path directory;

    private final String name = "peft-" + UUID.randomUUID().toString().substring(0, 8);
    private LogConnection connection;

    @BeforeAll
    static void stayOffline() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("DJL_OFFLINE", "true");
    }

    @BeforeEach
    void connect(LogConnection cluster) {
        connection = cluster;
    }

    @ParameterizedTest
    @CsvSource({"bert, lora", "bert, rslora", "bert, vera", "roberta, lora", "roberta, rslora", "roberta, vera"})
    void shouldExportWhatPeftLoadsAndStartAJobFromIt(String family, String kind) throws Exception {
        // given a job of two trainers
        JobSpec spec = spec(family, kind, name);
        try (PocketFederation federation = new PocketFederation(connection, directory, spec)) {
            federation.submit(new Nd4jTrainerFactory());
            train(federation);
        }

        // when one trainer's adapter is exported, and what is shared
        Path own = directory.resolve("own");
        run("export", "--job", name, "--round", "2", "--trainer", "a", "--state", state("a"), "--out", own.toString());
        Path others = directory.resolve("others");
        run(
                "export",
                "--job",
                name,
                "--round",
                "2",
                "--trainer",
                "b",
                "--state",
                state("b"),
                "--out",
                others.toString());
        Path mean = directory.resolve("mean");
        run(
                "export",
                "--job",
                name,
                "--round",
                "2",
                "--given",
                own.toString(),
                others.toString(),
                "--out",
                mean.toString());
        Path warm = directory.resolve("warm");
        run("export", "--job", name, "--round", "2", "--warm-start", "--out", warm.toString());

        // then it is in PEFT's terms
        JsonNode config = config(own);
        assertThat(config.path("peft_type").asText()).isEqualTo(kind.equals("vera") ? "VERA" : "LORA");
        assertThat(config.path("use_rslora").asBoolean()).isEqualTo(kind.equals("rslora"));
        assertThat(config.path("save_projection").asBoolean()).isEqualTo(kind.equals("vera"));
        assertThat(config.path("modules_to_save").path(0).asText()).isEqualTo("classifier");
        assertThat(config(warm).path("modules_to_save").isNull()).isTrue();

        // and a job starts from it
        Map<String, Tensor> shared = tensors(name, 2);
        startFrom(warm, spec, name + "-warm", shared);
        startFrom(own, spec, name + "-own", shared);

        // and PEFT computes with it what the trainer does
        assumeTrue(System.getProperty("rondo.peft.python") != null, "no PEFT is given by -Drondo.peft.python=PYTHON");
        computeWithPeft(own, mean, warm);
        List<Tensor> trained =
                StateDirectory.read(Path.of(state("a"))).orElseThrow().parameters();
        List<double[]> expected = logits(spec, family, trained, shared.values());
        assertThat(Logits.largestDifference(expected, logits(spec, family, withoutEffect(trained), shared.values())))
                .as("an adapter without an effect would hide an error")
                .isGreaterThan(100 * PRECISION);
        assertThat(Logits.largestDifference(expected, logitsOfPeft(own))).isLessThan(PRECISION);
        List<Tensor> initial =
                new Nd4jTrainerFactory().initialValues(ModelSettings.of(spec, directory), spec.getSeed());
        assertThat(Logits.largestDifference(logits(spec, family, initial, shared.values()), logitsOfPeft(warm)))
                .isLessThan(PRECISION);
        List<Tensor> ofOther =
                StateDirectory.read(Path.of(state("b"))).orElseThrow().parameters();
        assertThat(Logits.largestDifference(
                        logits(spec, family, withMean(initial, trained, ofOther), shared.values()), logitsOfPeft(mean)))
                .isLessThan(PRECISION);
    }

    /** With B, or VeRA's λ_b, of both trainers in equal parts. */
    private static List<Tensor> withMean(List<Tensor> initial, List<Tensor> one, List<Tensor> other) {
        return initial.stream()
                .map(tensor -> isUpProjection(tensor)
                        ? mean(tensor, named(one, tensor.name()), named(other, tensor.name()))
                        : tensor)
                .toList();
    }

    private static Tensor mean(Tensor shape, Tensor one, Tensor other) {
        float[] mean = new float[shape.size()];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (one.values()[i] + other.values()[i]) / 2;
        }
        return new Tensor(shape.name(), shape.shape(), mean);
    }

    private static Tensor named(List<Tensor> tensors, String name) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isUpProjection(Tensor tensor) {
        return tensor.name().contains("lora_B") || tensor.name().contains("lambda_b");
    }

    /** With B, or VeRA's λ_b, at 0, and the head as it is. */
    private static List<Tensor> withoutEffect(List<Tensor> trained) {
        return trained.stream()
                .map(tensor -> isUpProjection(tensor)
                        ? new Tensor(tensor.name(), tensor.shape(), new float[tensor.size()])
                        : tensor)
                .toList();
    }

    private void train(PocketFederation federation) throws InterruptedException {
        federation.train("a", new Nd4jTrainerFactory(), data("a"));
        federation.train("b", new Nd4jTrainerFactory(), data("b"));
        federation.awaitEnd();
    }

    private Path data(String trainer) {
        Path file = directory.resolve(trainer + ".jsonl");
        ExampleWriter.write(file, examples());
        return file;
    }

    /** Short, since the small models take 24 tokens at the most, and one of them reads letter by letter. */
    private static List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        for (String text : List.of("we saw it", "a dull plot", "the film", "it was bad", "very good", "not fine")) {
            examples.add(new Example(text, Optional.empty(), Integer.toString(examples.size() % 3)));
        }
        return examples;
    }

    private static JobSpec spec(String family, String adapter, String job) {
        // VeRA's few numbers move the logits little.
        boolean vera = adapter.equals("vera");
        return JobFile.of(List.of(
                "name=" + job,
                "model=" + TRAINER.resolve("resources/peft").resolve(family),
                "adapter=" + adapter,
                "rank=" + (vera ? 16 : 4),
                "rounds=2",
                "local-steps=" + (vera ? 8 : 4),
                "batch-size=6",
                "max-length=" + MAX_LENGTH,
                "learning-rate=" + (vera ? 2 : 0.5),
                "labels=[\"0\", \"1\", \"2\"]",
                "partitions=2",
                "min-trainers=2"));
    }

    private void startFrom(Path adapter, JobSpec spec, String job, Map<String, Tensor> shared) throws Exception {
        JobSpec next = JobSpec.newBuilder(spec).setName(job).build();
        Path file = directory.resolve(job + ".yaml");
        Files.writeString(file, JobFile.render(next));
        try (PocketFederation federation = new PocketFederation(connection, directory.resolve(job), next)) {
            run("import", adapter.toString(), "--job-file", file.toString());
            train(federation);
        }
        assertThat(tensors(job, 0)).isEqualTo(shared);
        assertThat(tensors(job, 2)).isNotEqualTo(shared);
        assertThat(Verifier.verify(connection, job).isSound()).isTrue();
    }

    private Map<String, Tensor> tensors(String job, int round) {
        try (JobLog log = KafkaJobLog.open(connection, job, Optional.empty())) {
            return JobRecords.read(log).tensors(round);
        }
    }

    /** What the trainer's engine computes with values that the export has not passed through. */
    private static List<double[]> logits(JobSpec spec, String family, List<Tensor> own, Collection<Tensor> shared) {
        AdapterKind kind = AdapterKind.of(spec.getAdapter());
        AdapterShape shape = new AdapterShape(
                kind,
                spec.getRank(),
                (float) kind.scaling(spec.getAlpha(), spec.getRank()),
                List.of(TargetModule.QUERY, TargetModule.VALUE),
                List.of(),
                spec.getLabels().size());
        Path base = TRAINER.resolve("resources/peft").resolve(family);
        try (ModelDirectory model = ModelDirectory.open(base);
                TextTokenizer tokenizer = TextTokenizer.open(model, MAX_LENGTH);
                Engine engine =
                        new Engine(model, shape, new EngineSettings(1, spec.getSeed(), 0, 0), StateCache.none())) {
            engine.load(own);
            engine.load(List.copyOf(shared));
            Head head = engine.head();
            return Stream.of(engine.features(
                            examples().stream().map(tokenizer::encode).toList()))
                    .map(head::logits)
                    .toList();
        }
    }

    /** One start of Python for all adapters: it takes longer than what it computes. */
    private void computeWithPeft(Path... adapters) throws Exception {
        Process python = new ProcessBuilder(
                        System.getProperty("rondo.peft.python"),
                        TRAINER.resolve("python/check_export.py").toString(),
                        Stream.of(adapters).map(Path::toString).collect(Collectors.joining(",")),
                        data("a").toString(),
                        LABELS,
                        Integer.toString(MAX_LENGTH))
                .redirectErrorStream(true)
                .start();
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();
    }

    private static List<double[]> logitsOfPeft(Path adapter) throws IOException {
        return Logits.read(adapter.resolve("logits.json"));
    }

    private String state(String trainer) {
        return directory.resolve(trainer).toString();
    }

    private static JsonNode config(Path adapter) throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(adapter.resolve("adapter_config.json").toFile());
    }

    private void run(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(
                "--bootstrap-servers",
                connection.bootstrapServers(),
                "--schema-registry",
                connection.schemaRegistry(),
                "--json"));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new)))
                .as("%s: %s%s", arguments, out, err)
                .isZero();
    }
}
