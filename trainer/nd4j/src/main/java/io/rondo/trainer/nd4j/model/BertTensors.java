package io.rondo.trainer.nd4j.model;

import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.util.ArrayList;
import java.util.List;

/** Names and shapes of a BERT encoder's tensors in a Hugging Face directory. Linear weights are [out, in]. */
final class BertTensors {
    static final String WORDS = "embeddings.word_embeddings.weight";
    static final String POSITIONS = "embeddings.position_embeddings.weight";
    static final String TYPES = "embeddings.token_type_embeddings.weight";
    static final String EMBEDDING_NORM = "embeddings.LayerNorm";
    static final String POOLER = "pooler.dense";

    private BertTensors() {}

    static String layer(int layer, String module) {
        return "encoder.layer." + layer + "." + module;
    }

    /** Every tensor that the encoder needs, in the order of the file. */
    static List<SafeTensorsWriter.Header> headers(BertConfig config) {
        int hidden = config.hidden();
        List<SafeTensorsWriter.Header> headers = new ArrayList<>();
        add(headers, WORDS, config.vocabulary(), hidden);
        add(headers, POSITIONS, config.positions(), hidden);
        add(headers, TYPES, config.types(), hidden);
        addNorm(headers, EMBEDDING_NORM, hidden);
        for (int i = 0; i < config.layers(); i++) {
            addLinear(headers, layer(i, "attention.self.query"), hidden, hidden);
            addLinear(headers, layer(i, "attention.self.key"), hidden, hidden);
            addLinear(headers, layer(i, "attention.self.value"), hidden, hidden);
            addLinear(headers, layer(i, "attention.output.dense"), hidden, hidden);
            addNorm(headers, layer(i, "attention.output.LayerNorm"), hidden);
            addLinear(headers, layer(i, "intermediate.dense"), config.intermediate(), hidden);
            addLinear(headers, layer(i, "output.dense"), hidden, config.intermediate());
            addNorm(headers, layer(i, "output.LayerNorm"), hidden);
        }
        return headers;
    }

    /** The dense layer between an encoder and its head, which not every directory has. */
    static List<SafeTensorsWriter.Header> poolerHeaders(BertConfig config) {
        List<SafeTensorsWriter.Header> headers = new ArrayList<>();
        addLinear(headers, POOLER, config.hidden(), config.hidden());
        return headers;
    }

    private static void addLinear(List<SafeTensorsWriter.Header> headers, String module, int out, int in) {
        add(headers, module + ".weight", out, in);
        add(headers, module + ".bias", out);
    }

    private static void addNorm(List<SafeTensorsWriter.Header> headers, String module, int width) {
        add(headers, module + ".weight", width);
        add(headers, module + ".bias", width);
    }

    private static void add(List<SafeTensorsWriter.Header> headers, String name, Integer... shape) {
        headers.add(new SafeTensorsWriter.Header(name, List.of(shape)));
    }
}
