package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The weights of an encoder in a Hugging Face directory, mapped. Tensors may carry the prefix {@code bert.} or
 * {@code roberta.}, as models with a head have it. Immutable, safe for any thread.
 */
public final class ModelDirectory {
    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.safetensors";
    static final String TOKENIZER = "tokenizer.json";

    private final Path directory;
    private final BertConfig config;
    private final SafeTensors tensors;
    private final String prefix;

    private ModelDirectory(Path directory, BertConfig config, SafeTensors tensors) {
        this.directory = directory;
        this.config = config;
        this.tensors = tensors;
        String prefix = config.family().prefix();
        this.prefix = tensors.names().contains(prefix + BertTensors.WORDS) ? prefix : "";
    }

    /**
     * Opens a directory.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} or {@link ErrorCode#MODEL_UNSUPPORTED}
     */
    public static ModelDirectory open(Path directory) {
        BertConfig config = BertConfig.read(directory.resolve(CONFIG));
        return new ModelDirectory(directory, config, SafeTensors.open(directory.resolve(WEIGHTS)));
    }

    public BertConfig config() {
        return config;
    }

    public Path tokenizer() {
        return directory.resolve(TOKENIZER);
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
        if (config.family() != EncoderFamily.BERT
                || !tensors.names().contains(prefix + BertTensors.POOLER + ".weight")) {
            return Optional.empty();
        }
        int hidden = config.hidden();
        float[] values = new float[hidden * (hidden + 1)];
        floats(BertTensors.POOLER + ".weight", hidden, hidden).get(values, 0, hidden * hidden);
        floats(BertTensors.POOLER + ".bias", hidden).get(values, hidden * hidden, hidden);
        return Optional.of(values);
    }

    private FloatBuffer floats(String name, int... shape) {
        return tensors.floats(prefix + name, shape);
    }
}
