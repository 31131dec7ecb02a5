package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.engine.Tape.Matrix;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.EncoderFamily;
import io.rondo.trainer.nd4j.model.TinyModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The engine's slow twin: one example at a time, every token in every layer, in double precision. */
final class TwinEncoder {
    private final TinyModel model;
    private final BertConfig config;
    private final AdapterShape adapter;
    final Map<String, Matrix> parameters = new LinkedHashMap<>();

    TwinEncoder(TinyModel model, AdapterShape adapter, List<Tensor> values) {
        this.model = model;
        this.config = model.config();
        this.adapter = adapter;
        for (Tensor tensor : values) {
            int[] shape = tensor.shape();
            Matrix matrix = shape.length == 1
                    ? Matrix.of(1, shape[0], tensor.values())
                    : Matrix.of(shape[0], shape[1], tensor.values());
            parameters.put(tensor.name(), matrix);
        }
    }

    /** The mean loss of a batch; gradients are added to the parameters'. */
    double gradient(List<TokenIds> batch, int[] labels) {
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            Tape tape = new Tape();
            Matrix feature = tape.firstRow(encode(tape, batch.get(i)));
            loss += tape.crossEntropy(head(tape, feature), labels[i], 1.0 / labels.length);
            tape.backward();
        }
        return loss;
    }

    private Matrix head(Tape tape, Matrix feature) {
        if (config.family() == EncoderFamily.BERT) {
            Matrix pooled = model.hasPooler()
                    ? tape.tanh(linear(tape, feature, "pooler.dense", config.hidden(), config.hidden()))
                    : feature;
            return trained(tape, pooled, "classifier");
        }
        return trained(tape, tape.tanh(trained(tape, feature, "classifier.dense")), "classifier.out_proj");
    }

    private Matrix trained(Tape tape, Matrix input, String module) {
        Matrix weight = parameters.get("base_model.model." + module + ".weight");
        return tape.plus(
                tape.timesTransposed(input, weight, 1), parameters.get("base_model.model." + module + ".bias"));
    }

    private Matrix encode(Tape tape, TokenIds tokens) {
        int hidden = config.hidden();
        Matrix state = new Matrix(tokens.length(), hidden);
        for (int i = 0; i < tokens.length(); i++) {
            int position = config.family() == EncoderFamily.BERT ? i : i + config.padding() + 1;
            for (int k = 0; k < hidden; k++) {
                state.values[i * hidden + k] = (double)
                                model.weight("embeddings.word_embeddings.weight")[tokens.id(i) * hidden + k]
                        + model.weight("embeddings.position_embeddings.weight")[position * hidden + k]
                        + model.weight("embeddings.token_type_embeddings.weight")[tokens.type(i) * hidden + k];
            }
        }
        state = norm(tape, state, "embeddings.LayerNorm");
        for (int layer = 0; layer < config.layers(); layer++) {
            state = layer(tape, state, "encoder.layer." + layer + ".");
        }
        return state;
    }

    private Matrix layer(Tape tape, Matrix input, String prefix) {
        int hidden = config.hidden();
        int wide = config.intermediate();
        Matrix query = projection(tape, input, prefix + "attention.self.query");
        Matrix key = projection(tape, input, prefix + "attention.self.key");
        Matrix value = projection(tape, input, prefix + "attention.self.value");
        int width = hidden / config.heads();
        List<Matrix> heads = new ArrayList<>();
        for (int head = 0; head < config.heads(); head++) {
            Matrix q = tape.columns(query, head * width, width);
            Matrix k = tape.columns(key, head * width, width);
            Matrix v = tape.columns(value, head * width, width);
            Matrix weights = tape.softmaxRows(tape.timesTransposed(q, k, 1 / Math.sqrt(width)));
            heads.add(tape.timesTransposed(weights, tape.transpose(v), 1));
        }
        Matrix attended = linear(tape, tape.beside(heads), prefix + "attention.output.dense", hidden, hidden);
        Matrix middle = norm(tape, tape.plus(attended, input), prefix + "attention.output.LayerNorm");
        Matrix expanded = tape.gelu(linear(tape, middle, prefix + "intermediate.dense", wide, hidden));
        Matrix output = linear(tape, expanded, prefix + "output.dense", hidden, wide);
        return norm(tape, tape.plus(output, middle), prefix + "output.LayerNorm");
    }

    private Matrix projection(Tape tape, Matrix input, String module) {
        Matrix plain = linear(tape, input, module, config.hidden(), config.hidden());
        String adapted = "base_model.model." + config.family().prefix() + module;
        Matrix down = parameters.get(adapted + ".lora_A.weight");
        if (down == null) {
            return plain;
        }
        Matrix up = parameters.get(adapted + ".lora_B.weight");
        Matrix low = tape.timesTransposed(input, down, 1);
        return tape.plus(plain, tape.timesTransposed(low, up, adapter.scaling()));
    }

    private Matrix linear(Tape tape, Matrix input, String module, int out, int in) {
        Matrix product = tape.timesTransposed(input, Matrix.of(out, in, model.weight(module + ".weight")), 1);
        return tape.plus(product, Matrix.of(1, out, model.weight(module + ".bias")));
    }

    private Matrix norm(Tape tape, Matrix input, String module) {
        int hidden = config.hidden();
        return tape.layerNorm(
                input,
                Matrix.of(1, hidden, model.weight(module + ".weight")),
                Matrix.of(1, hidden, model.weight(module + ".bias")),
                config.epsilon());
    }
}
