package io.rondo.conformance.stage;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.Generator;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import io.rondo.trainer.safetensors.SafeTensorsWriter.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The kit's own task: BERT encoders of two layers without a pooler, with drawn weights and a tokenizer, as Hugging Face directories, and two
 * files of labelled sentences. They are written when they are first asked for.
 */
public final class BuiltInTasks implements Tasks {
    /** Stands in every sentence. */
    public static final String MARKER = "qzxprivate";

    private static final List<String> LABELS = List.of("bad", "good");
    private static final List<String> GOOD = List.of("sunny", "warm", "kind", "clear", "happy");
    private static final List<String> BAD = List.of("rainy", "cold", "rude", "murky", "angry");
    private static final List<String> FRAMES = List.of("the day was", "a very", "they were", "it seems", "so");
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    /** The newest that the contract has: joins are answered on rounds. */
    private static final int RULES = 2;

    private static final int TRAIN = 24;
    private static final int TEST = 8;
    private static final int LAYERS = 2;
    private static final int POSITIONS = 32;
    private static final double SPREAD = 0.05;

    private final Path directory;
    private Task small;
    private Task large;

    /** @param directory an empty one */
    public BuiltInTasks(Path directory) {
        this.directory = directory;
    }

    @Override
    public synchronized Task small() {
        if (small == null) {
            small = write("small", 32, 8, 256);
        }
        return small;
    }

    @Override
    public synchronized Task large() {
        if (large == null) {
            // A is 4 × 512 × 1024 values
            large = write("large", 1024, 512, 524_288);
        }
        return large;
    }

    private Task write(String name, int hidden, int rank, int chunkBytes) {
        try {
            Path model = Files.createDirectories(directory.resolve("model-" + name));
            writeModel(model, hidden);
            Path train = directory.resolve("train-" + name + ".tsv");
            Path test = directory.resolve("test-" + name + ".tsv");
            Files.writeString(train, sentences(0, TRAIN));
            Files.writeString(test, sentences(TRAIN, TEST));
            return new Task(spec(model, rank, chunkBytes), layout(hidden, rank), train, test, TRAIN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JobSpec spec(Path model, int rank, int chunkBytes) {
        return JobSpec.newBuilder()
                .setName("conformance")
                .setModel(model.toString())
                .setMethod("fedsa")
                .setAdapter("lora")
                .setRank(rank)
                .setAlpha(16)
                .setTargetModules(List.of("query", "value"))
                .setHead("local")
                .setLabels(LABELS)
                .setRounds(4)
                .setLocalSteps(2)
                .setBatchSize(4)
                .setMaxLength(16)
                .setOptimizer("sgd")
                .setLearningRate(0.5)
                .setCohort("all")
                .setMinTrainers(1)
                .setQuorum("1")
                .setDeadlineMs(3_600_000L)
                .setWeights("examples")
                .setStrategy("weighted-mean")
                .setPartitions(3)
                .setChunkBytes(chunkBytes)
                .setReplication(1)
                .setRetention("forever")
                .setDtype(DType.F32)
                .setSeed(7)
                .setRules(RULES)
                .build();
    }

    private static AdapterLayout layout(int hidden, int rank) {
        List<TensorShape> tensors = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            for (String module : List.of("query", "value")) {
                String name = "base_model.model.bert.encoder.layer." + layer + ".attention.self." + module;
                tensors.add(new TensorShape(name + ".lora_A.weight", TensorRole.LORA_A, rank, hidden));
                tensors.add(new TensorShape(name + ".lora_B.weight", TensorRole.LORA_B, hidden, rank));
            }
        }
        String head = "base_model.model.classifier.";
        tensors.add(new TensorShape(head + "weight", TensorRole.HEAD, LABELS.size(), hidden));
        tensors.add(new TensorShape(head + "bias", TensorRole.HEAD, LABELS.size()));
        return new AdapterLayout(tensors);
    }

    private static String sentences(int from, int count) {
        StringBuilder lines = new StringBuilder("sentence\tlabel\n");
        for (int i = from; i < from + count; i++) {
            List<String> words = i % 2 == 0 ? BAD : GOOD;
            lines.append(FRAMES.get(i % FRAMES.size()))
                    .append(' ')
                    .append(words.get(i % words.size()))
                    .append(" and ")
                    .append(words.get((i / 2 + 1) % words.size()))
                    .append(' ')
                    .append(MARKER)
                    .append(i)
                    .append('\t')
                    .append(LABELS.get(i % 2))
                    .append('\n');
        }
        return lines.toString();
    }

    private static List<String> vocabulary() {
        List<String> words = new ArrayList<>(SPECIAL);
        words.addAll(GOOD);
        words.addAll(BAD);
        FRAMES.forEach(frame -> words.addAll(List.of(frame.split(" ", -1))));
        words.add("and");
        return words.stream().distinct().toList();
    }

    private static void writeModel(Path model, int hidden) throws IOException {
        int intermediate = hidden == 1024 ? 64 : 2 * hidden;
        List<String> words = vocabulary();
        JsonMapper json = JsonMapper.builder().build();
        ObjectNode config = json.createObjectNode()
                .put("model_type", "bert")
                .put("hidden_act", "gelu")
                .put("num_hidden_layers", LAYERS)
                .put("hidden_size", hidden)
                .put("num_attention_heads", 4)
                .put("intermediate_size", intermediate)
                .put("vocab_size", words.size())
                .put("max_position_embeddings", POSITIONS)
                .put("type_vocab_size", 2)
                .put("layer_norm_eps", 1e-12)
                .put("pad_token_id", 0);
        config.putArray("architectures").add("BertModel");
        Files.writeString(model.resolve("config.json"), config.toPrettyString());
        Files.writeString(model.resolve("tokenizer.json"), tokenizer(json, words));
        Files.writeString(
                model.resolve("tokenizer_config.json"),
                json.createObjectNode()
                        .put("tokenizer_class", "BertTokenizerFast")
                        .put("unk_token", "[UNK]")
                        .put("pad_token", "[PAD]")
                        .put("cls_token", "[CLS]")
                        .put("sep_token", "[SEP]")
                        .put("mask_token", "[MASK]")
                        .toPrettyString());
        List<Header> tensors = tensors(words.size(), hidden, intermediate);
        SafeTensorsWriter.write(model.resolve("model.safetensors"), tensors, name -> weights(tensors, name));
    }

    private static float[] weights(List<Header> tensors, String name) {
        Header header = tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
        float[] values = new float[Math.toIntExact(header.elements())];
        Generator.uniform(1, name, SPREAD, values);
        if (name.endsWith("LayerNorm.weight")) {
            for (int i = 0; i < values.length; i++) {
                values[i] += 1;
            }
        }
        return values;
    }

    private static List<Header> tensors(int vocabulary, int hidden, int intermediate) {
        List<Header> all = new ArrayList<>();
        all.add(new Header("embeddings.word_embeddings.weight", List.of(vocabulary, hidden)));
        all.add(new Header("embeddings.position_embeddings.weight", List.of(POSITIONS, hidden)));
        all.add(new Header("embeddings.token_type_embeddings.weight", List.of(2, hidden)));
        addNorm(all, "embeddings.LayerNorm", hidden);
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "encoder.layer." + layer + '.';
            for (String module : List.of("self.query", "self.key", "self.value", "output.dense")) {
                addLinear(all, prefix + "attention." + module, hidden, hidden);
            }
            addNorm(all, prefix + "attention.output.LayerNorm", hidden);
            addLinear(all, prefix + "intermediate.dense", intermediate, hidden);
            addLinear(all, prefix + "output.dense", hidden, intermediate);
            addNorm(all, prefix + "output.LayerNorm", hidden);
        }
        return all;
    }

    private static void addLinear(List<Header> all, String module, int out, int in) {
        all.add(new Header(module + ".weight", List.of(out, in)));
        all.add(new Header(module + ".bias", List.of(out)));
    }

    private static void addNorm(List<Header> all, String module, int width) {
        all.add(new Header(module + ".weight", List.of(width)));
        all.add(new Header(module + ".bias", List.of(width)));
    }

    /** A word piece tokenizer of whole words. */
    private static String tokenizer(JsonMapper json, List<String> words) {
        ObjectNode root = json.createObjectNode()
                .put("version", "1.0")
                .putNull("truncation")
                .putNull("padding");
        for (String token : SPECIAL) {
            root.withArray("added_tokens")
                    .addObject()
                    .put("id", words.indexOf(token))
                    .put("content", token)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        root.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", true)
                .putNull("strip_accents")
                .put("lowercase", true);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        ObjectNode post = root.putObject("post_processor").put("type", "BertProcessing");
        post.putArray("sep").add("[SEP]").add(words.indexOf("[SEP]"));
        post.putArray("cls").add("[CLS]").add(words.indexOf("[CLS]"));
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        ObjectNode model = root.putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < words.size(); id++) {
            vocabulary.put(words.get(id), id);
        }
        return root.toPrettyString();
    }
}
