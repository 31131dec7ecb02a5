package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The weights of an encoder in a Hugging Face directory, mapped. Tensors may carry the prefix {@code bert.} or
 * {@code roberta.}, as models with a head have it, and layer norms their names of before 2020, {@code gamma} and
 * {@code beta}. Immutable, safe for any thread.
 */
public final class ModelDirectory implements AutoCloseable {
    static final String CONFIG = "config.json";

    private final Path directory;
    private final BertConfig config;
    private final WeightFiles tensors;
    private final String prefix;

    private ModelDirectory(Path directory, BertConfig config, WeightFiles tensors) {
        this.directory = directory;
        this.config = config;
        this.tensors = tensors;
        String prefix = config.family().prefix();
        this.prefix = tensors.names().contains(prefix + BertTensors.WORDS) ? prefix : "";
    }

    /**
     * Opens a directory, and checks that all is there that an encoder needs. Nothing of its size is read or allocated.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} or {@link ErrorCode#MODEL_UNSUPPORTED}
     */
    public static ModelDirectory open(Path directory) {
        BertConfig config = BertConfig.read(directory.resolve(CONFIG));
        WeightFiles tensors = WeightFiles.open(directory);
        try {
            ModelDirectory model = new ModelDirectory(directory, config, tensors);
            model.headers().forEach(model::require);
            return model;
        } catch (RuntimeException e) {
            tensors.close();
            throw e;
        }
    }

    private void require(SafeTensorsWriter.Header tensor) {
        int[] shape = tensor.shape().stream().mapToInt(Integer::intValue).toArray();
        tensors.require(stored(tensor.name()), shape);
    }

    /** Every tensor that decides what the encoder computes, without the prefix. */
    List<SafeTensorsWriter.Header> headers() {
        List<SafeTensorsWriter.Header> headers = new ArrayList<>(BertTensors.headers(config));
        if (hasPooler()) {
            headers.addAll(BertTensors.poolerHeaders(config));
        }
        return headers;
    }

    /** Whether every tensor lies in its file as the engine maps it. */
    boolean isFloat32() {
        return headers().stream().allMatch(tensor -> tensors.isFloat32(stored(tensor.name())));
    }

    /** Some values of a tensor of {@link #headers}, as {@link SafeTensorsWriter.Source} wants them. */
    void read(String name, long from, float[] out, int count) {
        tensors.read(stored(name), from, out, count);
    }

    /** A tensor of the head by its name beside the encoder, such as {@code classifier.weight}, if it has this shape. */
    public Optional<float[]> headTensor(String name, int... shape) {
        List<Long> dimensions = Arrays.stream(shape).asLongStream().boxed().toList();
        return tensors.shape(name).filter(dimensions::equals).map(found -> tensors.array(name, shape));
    }

    Path directory() {
        return directory;
    }

    /** The rows of a tensor of the head; empty if there is none of this name. */
    Optional<Long> headRows(String name) {
        return tensors.shape(name).filter(shape -> !shape.isEmpty()).map(shape -> shape.get(0));
    }

    public BertConfig config() {
        return config;
    }

    /**
     * The tokenizer as {@code transformers} loads it.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} or {@link ErrorCode#MODEL_UNSUPPORTED}
     */
    public TokenizerFiles tokenizer() {
        return TokenizerFiles.read(directory, config.family());
    }

    /** Vectors of the words, vocabulary × hidden. */
    public FloatBuffer words() {
        return floats(BertTensors.WORDS, config.vocabulary(), config.hidden());
    }

    /** Vectors of the positions, positions × hidden. */
    public FloatBuffer positions() {
        return floats(BertTensors.POSITIONS, config.positions(), config.hidden());
    }

    /** Vectors of the token types, types × hidden. */
    public FloatBuffer types() {
        return floats(BertTensors.TYPES, config.types(), config.hidden());
    }

    /** Scale of the embeddings' layer norm. */
    public FloatBuffer embeddingNormWeight() {
        return floats(BertTensors.EMBEDDING_NORM + ".weight", config.hidden());
    }

    /** Shift of the embeddings' layer norm. */
    public FloatBuffer embeddingNormBias() {
        return floats(BertTensors.EMBEDDING_NORM + ".bias", config.hidden());
    }

    /** A weight of a layer's module, such as {@code attention.self.query}; linear weights are out × in. */
    public FloatBuffer layerWeight(int layer, String module, int... shape) {
        return floats(BertTensors.layer(layer, module) + ".weight", shape);
    }

    /** The bias of a layer's module. */
    public FloatBuffer layerBias(int layer, String module, int width) {
        return floats(BertTensors.layer(layer, module) + ".bias", width);
    }

    /**
     * Weight, hidden × hidden, and bias of the dense layer between a BERT and its head. A RoBERTa's head has one of its
     * own, whatever the directory holds.
     */
    public Optional<float[]> pooler() {
        if (!hasPooler()) {
            return Optional.empty();
        }
        int hidden = config.hidden();
        float[] values = new float[hidden * (hidden + 1)];
        floats(BertTensors.POOLER + ".weight", hidden, hidden).get(values, 0, hidden * hidden);
        floats(BertTensors.POOLER + ".bias", hidden).get(values, hidden * hidden, hidden);
        return Optional.of(values);
    }

    /** Whether a BERT has a dense layer before its head. */
    boolean hasPooler() {
        return config.family() == EncoderFamily.BERT
                && tensors.names().contains(prefix + BertTensors.POOLER + ".weight");
    }

    private FloatBuffer floats(String name, int... shape) {
        return tensors.floats(stored(name), shape);
    }

    /** What the files call a tensor of {@link #headers}. */
    private String stored(String name) {
        String older = prefix
                + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
        return tensors.names().contains(older) ? older : prefix + name;
    }

    /** Closes the files; what is mapped stays readable. */
    @Override
    public void close() {
        tensors.close();
    }
}
