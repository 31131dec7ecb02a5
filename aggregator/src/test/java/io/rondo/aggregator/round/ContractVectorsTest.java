package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.strategy.AggregationStrategy;
import io.rondo.aggregator.strategy.InMemoryAggregation;
import io.rondo.aggregator.strategy.NormClip;
import io.rondo.aggregator.strategy.ServerOptimizer;
import io.rondo.aggregator.strategy.ServerOptimizers;
import io.rondo.aggregator.strategy.Strategies;
import io.rondo.aggregator.strategy.StrategySettings;
import io.rondo.log.CohortMember;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.PartMeasured;
import io.rondo.log.Sha256;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.Generator;
import io.rondo.schemas.adapter.HeadPolicy;
import io.rondo.schemas.adapter.InitialValue;
import io.rondo.schemas.adapter.Method;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.adapter.VeraProjections;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The test vectors of the wire contract, which implementations in other languages read: {@code schemas/vectors}. They are what this
 * code computes; {@code -Drondo.vectors.write=true} writes them. A vector that changes breaks every log and every trainer.
 */
class ContractVectorsTest {
    private static final Path DIRECTORY = Path.of("..", "schemas", "vectors");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final List<TensorShape> LORA = List.of(
            new TensorShape("base_model.model.layer.0.query.lora_A.weight", TensorRole.LORA_A, 2, 5),
            new TensorShape("base_model.model.layer.0.query.lora_B.weight", TensorRole.LORA_B, 3, 2),
            new TensorShape("base_model.model.classifier.weight", TensorRole.HEAD, 2, 3),
            new TensorShape("base_model.model.classifier.bias", TensorRole.HEAD, 2));
    private static final List<TensorShape> VERA = List.of(
            new TensorShape("base_model.model.layer.0.query.vera_lambda_d", TensorRole.VERA_LAMBDA_D, 2),
            new TensorShape("base_model.model.layer.0.query.vera_lambda_b", TensorRole.VERA_LAMBDA_B, 3));
    private static final int CHUNK_ELEMENTS = 4;
    private static final int PARTITIONS = 2;

    @ParameterizedTest
    @ValueSource(
            strings = {"layout", "sharing", "flat", "bf16", "generator", "cohort", "chain", "strategies", "server"})
    void shouldBeWhatIsPublished(String name) throws IOException {
        String computed = render(vectors(name));
        Path file = DIRECTORY.resolve(name + ".json");
        if (Boolean.getBoolean("rondo.vectors.write")) {
            Files.createDirectories(DIRECTORY);
            Files.writeString(file, computed);
        }

        assertThat(file).usingCharset(StandardCharsets.UTF_8).hasContent(computed);
    }

    private static Object vectors(String name) {
        return switch (name) {
            case "layout" -> List.of(layout(LORA), layout(VERA));
            case "sharing" -> sharing();
            case "flat" -> List.of(flat(DType.F32), flat(DType.BF16));
            case "bf16" -> bf16();
            case "generator" -> generator();
            case "cohort" -> cohort();
            case "chain" -> chain();
            case "strategies" -> strategies();
            case "server" -> server();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Map<String, Object> layout(List<TensorShape> tensors) {
        AdapterLayout layout = new AdapterLayout(tensors);
        return fields(
                "tensors",
                tensors.stream().map(ContractVectorsTest::tensor).toList(),
                "canonicalText",
                layout.canonicalText(),
                "digest",
                Digests.hex(layout.digest()));
    }

    private static Map<String, Object> tensor(TensorShape tensor) {
        return fields("name", tensor.name(), "role", tensor.role().id(), "shape", tensor.shape());
    }

    /** For each method and head policy, which tensors are shared in rounds 0 to 3, and the chunks that they make. */
    private static List<Object> sharing() {
        List<Object> cases = new ArrayList<>();
        for (Method method : Method.values()) {
            for (HeadPolicy head : HeadPolicy.values()) {
                if (method == Method.LOCAL && head == HeadPolicy.SHARED) {
                    continue;
                }
                for (int round = 0; round <= 3; round++) {
                    int number = round;
                    SharingPolicy policy = new SharingPolicy(method, head);
                    FlatLayout flat = FlatLayout.of(new AdapterLayout(LORA), policy, round, CHUNK_ELEMENTS, PARTITIONS);
                    cases.add(fields(
                            "method", method.id(),
                            "head", head.id(),
                            "round", round,
                            "sharing",
                                    LORA.stream()
                                            .map(tensor -> policy.of(tensor.role(), number)
                                                    .name()
                                                    .toLowerCase(java.util.Locale.ROOT))
                                            .toList(),
                            "elements", flat.elements(),
                            "chunks",
                                    IntStream.range(0, flat.chunks())
                                            .mapToObj(flat::chunk)
                                            .map(chunk -> List.of(
                                                    chunk.ordinal(),
                                                    flat.partitionOf(chunk.ordinal()),
                                                    chunk.position(),
                                                    chunk.count()))
                                            .toList()));
                }
            }
        }
        return cases;
    }

    private static Map<String, Object> flat(DType dtype) {
        float[] values = new float[10];
        Generator.uniform(7, "flat", 2, values);
        List<Object> chunks = new ArrayList<>();
        List<Sha256> digests = new ArrayList<>();
        for (int from = 0; from < values.length; from += CHUNK_ELEMENTS) {
            int count = Math.min(CHUNK_ELEMENTS, values.length - from);
            byte[] bytes = TensorBytes.encode(dtype, values, from, count);
            digests.add(Digests.of(bytes));
            chunks.add(fields("bytes", hex(bytes), "digest", Digests.hex(Digests.of(bytes))));
        }
        return fields(
                "dtype", dtype.name(),
                "values", bits(values),
                "chunkElements", CHUNK_ELEMENTS,
                "chunks", chunks,
                "digest", Digests.hex(Digests.ofDigests(digests)));
    }

    /** Ties go to the even neighbour; a NaN stays one; what lies beyond the largest BF16 becomes infinite. */
    private static List<Object> bf16() {
        List<Object> pairs = new ArrayList<>();
        for (int bits : new int[] {
            0x3f800000, 0x3f808000, 0x3f818000, 0x3f808001, 0x3f807fff, 0xbf808000, 0xbf818000, 0x00000000, 0x80000000,
            0x00000001, 0x00008000, 0x00018000, 0x7f7fffff, 0x7f7f7fff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000,
            0x7f800001, 0xff800001, 0x3dcccccd, 0xc2f6e979
        }) {
            byte[] encoded = TensorBytes.encode(DType.BF16, new float[] {Float.intBitsToFloat(bits)}, 0, 1);
            pairs.add(List.of("%08x".formatted(bits), "%02x%02x".formatted(encoded[1], encoded[0])));
        }
        return pairs;
    }

    private static Map<String, Object> generator() {
        List<Object> draws = new ArrayList<>();
        for (long seed : new long[] {1, -7, Long.MAX_VALUE}) {
            float[] values = new float[19];
            Generator.uniform(seed, LORA.get(0).name(), 0.25, values);
            byte[] text = ("rondo-generator-v1\n" + seed + "\n" + LORA.get(0).name() + "\n2")
                    .getBytes(StandardCharsets.US_ASCII);
            draws.add(fields(
                    "seed", seed,
                    "name", LORA.get(0).name(),
                    "bound", 0.25,
                    "block2", Digests.hex(Digests.of(text)),
                    "values", bits(values)));
        }
        List<Object> initial = new ArrayList<>();
        for (List<TensorShape> layout : List.of(LORA, VERA)) {
            for (TensorShape tensor : layout) {
                Map<String, Object> value = tensor(tensor);
                value.put("seed", 3);
                value.put("values", bits(InitialValue.of(3, tensor).values()));
                initial.add(value);
            }
        }
        return fields(
                "draws",
                draws,
                "initialValues",
                initial,
                "vera",
                List.of(
                        fields(
                                "name",
                                VeraProjections.A,
                                "seed",
                                3,
                                "shape",
                                List.of(2, 5),
                                "values",
                                bits(VeraProjections.a(3, 2, 5).values())),
                        fields(
                                "name",
                                VeraProjections.B,
                                "seed",
                                3,
                                "shape",
                                List.of(3, 2),
                                "values",
                                bits(VeraProjections.b(3, 3, 2).values()))));
    }

    private static Map<String, Object> cohort() {
        List<String> trainers = List.of("plant", "cinema", "helpdesk", "site-4", "site-5", "site-6", "site-7");
        List<Object> draws = new ArrayList<>();
        for (String share : List.of("all", "30%", "0.5", "67%", "100%", "0.000001")) {
            for (int round : new int[] {1, 2, 41}) {
                draws.add(fields(
                        "cohort", share,
                        "seed", 11,
                        "round", round,
                        "trainers", trainers,
                        "drawn", CohortRule.parse(share).draw(trainers, 11, round, Integer.MAX_VALUE)));
            }
        }
        List<Object> lots = trainers.stream()
                .<Object>map(trainer -> fields(
                        "seed",
                        -11,
                        "round",
                        41,
                        "trainer",
                        trainer,
                        "lot",
                        Digests.hex(Digests.of(
                                ("rondo-cohort-v1\n-11\n41\n" + trainer).getBytes(StandardCharsets.US_ASCII)))))
                .toList();
        List<Object> quorums = new ArrayList<>();
        for (String quorum : List.of("1", "2", "50", "67%", "0.67", "0.29", "1%", "1.0", "0.333333")) {
            for (int cohort : new int[] {1, 2, 3, 7, 100}) {
                quorums.add(List.of(quorum, cohort, Quorum.parse(quorum).of(cohort)));
            }
        }
        return fields("draws", draws, "lots", lots, "quorums", quorums);
    }

    /** Three rounds, of which the second has decisions that answer the clock. */
    private static List<Object> chain() {
        HashChain chain = new HashChain();
        List<Object> rounds = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            List<Object> links = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Sha256 source = round == 1 && i == 1 ? null : digest("source " + round + " " + i);
                Sha256 decision = digest("decision " + round + " " + i);
                chain.add(source, decision);
                links.add(fields(
                        "source", source == null ? null : Digests.hex(source), "decision", Digests.hex(decision)));
            }
            String value = Digests.hex(chain.value());
            Sha256 published = digest("published " + round);
            chain.published(published);
            rounds.add(fields("links", links, "chain", value, "publishedBody", Digests.hex(published)));
        }
        return rounds;
    }

    private static Sha256 digest(String text) {
        return Digests.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static List<Object> strategies() {
        List<Object> cases = new ArrayList<>();
        for (int members : new int[] {1, 2, 3, 5, 6, 9}) {
            for (String name : Strategies.names()) {
                for (double share : new double[] {0, 0.2, 0.4}) {
                    cases.add(strategy(name, share, members, 0));
                }
                cases.add(strategy(name, 0.2, members, 0.9));
            }
        }
        return cases;
    }

    private static Map<String, Object> strategy(String name, double share, int members, double clip) {
        float[] base = drawn("base", 1);
        List<float[]> updates = new ArrayList<>();
        double[] weights = new double[members];
        List<CohortMember> closed = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            float[] update = drawn("update " + i, i == members - 1 ? 10 : 1);
            // zeros of both signs, which an order statistic tells apart
            update[0] = i % 2 == 0 ? 0f : -0f;
            updates.add(update);
            weights[i] = 10 * i + 3;
            closed.add(new CohortMember("t" + i, "a" + i, weights[i], 1L, digest("update"), -1d, 1d));
        }
        JobSpec spec = JobSpec.newBuilder(TestJob.create().spec())
                .setStrategy(name)
                .setFaultyShare(share)
                .setClip(clip)
                .build();
        AggregationStrategy strategy = Strategies.named(name).configured(new StrategySettings(share));
        MeasurementPlan measuring = MeasurementPlan.of(spec, strategy);
        Map<String, Object> vector = fields(
                "strategy", name,
                "faultyShare", share,
                "clip", clip,
                "base", bits(base),
                "updates", updates.stream().map(ContractVectorsTest::bits).toList(),
                "given", weights);
        double[] resulting = weights;
        List<float[]> counted = updates;
        if (measuring != MeasurementPlan.NONE) {
            List<PartMeasured> parts = parts(measuring, updates, base);
            List<CohortMember> weighed = new MemberWeights(spec).weigh(closed, parts);
            resulting = weighed.stream().mapToDouble(CohortMember::getWeight).toArray();
            counted = IntStream.range(0, members)
                    .mapToObj(i ->
                            NormClip.scaled(base, updates.get(i), weighed.get(i).getScale()))
                    .toList();
            vector.put("measured", parts.stream().map(PartMeasured::getProducts).toList());
            vector.put("norms", weighed.stream().map(CohortMember::getNorm).toList());
            vector.put("scales", weighed.stream().map(CohortMember::getScale).toList());
        }
        vector.put("weights", resulting);
        boolean selects = measuring == MeasurementPlan.PRODUCTS;
        vector.put(
                "aggregate",
                bits(InMemoryAggregation.of(
                        selects ? Strategies.named("weighted-mean") : strategy, counted, resulting)));
        return vector;
    }

    /** What two partitions measure, whose chunks take turns, as the folds do. */
    private static List<PartMeasured> parts(MeasurementPlan measuring, List<float[]> updates, float[] base) {
        List<PartMeasured> parts = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            double[] products = new double[measuring.numbers(updates.size())];
            for (int from = partition * CHUNK_ELEMENTS; from < base.length; from += PARTITIONS * CHUNK_ELEMENTS) {
                int to = Math.min(from + CHUNK_ELEMENTS, base.length);
                int next = 0;
                for (int i = 0; i < updates.size(); i++) {
                    for (int j = measuring == MeasurementPlan.NORMS ? i : 0; j <= i; j++) {
                        products[next++] += NormClip.product(
                                Arrays.copyOfRange(updates.get(i), from, to),
                                Arrays.copyOfRange(updates.get(j), from, to),
                                Arrays.copyOfRange(base, from, to));
                    }
                }
            }
            parts.add(new PartMeasured(
                    1, 1, partition, Arrays.stream(products).boxed().toList(), 0L));
        }
        return parts;
    }

    /** Three steps of each server optimizer, the last one with values at the end of the range. */
    private static List<Object> server() {
        List<Object> cases = new ArrayList<>();
        for (String name : List.of("fedavgm", "fedadam")) {
            JobSpec spec = JobSpec.newBuilder(TestJob.create().spec())
                    .setServerOptimizer(name)
                    .setServerLearningRate(0.3)
                    .build();
            ServerOptimizer optimizer = ServerOptimizers.of(spec).orElseThrow();
            float[] base = drawn("base", 1);
            List<float[]> state = optimizer.state().stream()
                    .map(kind -> new float[base.length])
                    .toList();
            List<Object> steps = new ArrayList<>();
            float[] adapter = base;
            for (int step = 0; step < 3; step++) {
                float[] aggregate = drawn("aggregate " + step, 1);
                if (step == 2) {
                    aggregate[0] = Float.MAX_VALUE;
                    aggregate[1] = -Float.MAX_VALUE;
                }
                adapter = optimizer.step(adapter, aggregate, state);
                steps.add(fields(
                        "aggregate",
                        bits(aggregate),
                        "adapter",
                        bits(adapter),
                        "state",
                        state.stream().map(ContractVectorsTest::bits).toList()));
            }
            cases.add(fields(
                    "serverOptimizer", name,
                    "serverLearningRate", spec.getServerLearningRate(),
                    "serverMomentum", spec.getServerMomentum(),
                    "serverSecondMoment", spec.getServerSecondMoment(),
                    "serverEpsilon", spec.getServerEpsilon(),
                    "stateKinds", optimizer.state(),
                    "base", bits(base),
                    "steps", steps));
        }
        return cases;
    }

    private static float[] drawn(String name, double bound) {
        float[] values = new float[10];
        Generator.uniform(5, name, bound, values);
        return values;
    }

    /** The bits of binary32 values, eight hexadecimal digits each. */
    private static String bits(float[] values) {
        StringBuilder text = new StringBuilder();
        for (float value : values) {
            text.append("%08x".formatted(Float.floatToRawIntBits(value)));
        }
        return text.toString();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    /** One case a line, so that a change shows where it is. */
    private static String render(Object vectors) throws IOException {
        if (!(vectors instanceof List<?> cases)) {
            StringBuilder text = new StringBuilder("{\n");
            String separator = "";
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) vectors).entrySet()) {
                text.append(separator)
                        .append(JSON.writeValueAsString(entry.getKey()))
                        .append(": ")
                        .append(render(entry.getValue()).strip());
                separator = ",\n";
            }
            return text.append("\n}\n").toString();
        }
        StringBuilder text = new StringBuilder("[\n");
        for (int i = 0; i < cases.size(); i++) {
            text.append(JSON.writeValueAsString(cases.get(i))).append(i < cases.size() - 1 ? ",\n" : "\n");
        }
        return text.append("]\n").toString();
    }
}
