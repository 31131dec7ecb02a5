package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.VeraProjections;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.nd4j.engine.Tape.Matrix;
import io.rondo.trainer.nd4j.model.BertConfig;
import io.rondo.trainer.nd4j.model.EncoderFamily;
import io.rondo.trainer.nd4j.model.TinyModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The engine's slow twin: one example at a time, every token in every layer, in double precision. */
final class TwinEncoder {
    private final TinyModel model;
    private final BertConfig config;
    private final AdapterShape adapter;
    private final EngineSettings settings;
    private Optional<Dropout> dropout = Optional.empty();
    final Map<String, Matrix> parameters = new LinkedHashMap<>();

    TwinEncoder(TinyModel model, AdapterShape adapter, List<Tensor> values) {
        this(model, adapter, EngineSettings.of(1), values);
    }

    TwinEncoder(TinyModel model, AdapterShape adapter, EngineSettings settings, List<Tensor> values) {
        this.settings = settings;
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

    /** The same with dropout on what the adapters see. */
    double gradient(List<TokenIds> batch, int[] labels, Optional<Dropout> step) {
        dropout = step;
        try {
            return gradient(batch, labels);
        } finally {
            dropout = Optional.empty();
        }
    }

    /** The mean loss of a batch; gradients are added to the parameters'. */
    double gradient(List<TokenIds> batch, int[] labels) {
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            Tape tape = new Tape();
            Matrix feature = tape.firstRow(encode(tape, batch.get(i), i));
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

    private Matrix encode(Tape tape, TokenIds tokens, int example) {
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
            state = layer(tape, state, layer, example);
        }
        return state;
    }

    private Matrix layer(Tape tape, Matrix input, int layer, int example) {
        int hidden = config.hidden();
        String prefix = "encoder.layer." + layer + ".";
        Matrix query = adapted(tape, input, layer, TargetModule.QUERY, example);
        Matrix key = adapted(tape, input, layer, TargetModule.KEY, example);
        Matrix value = adapted(tape, input, layer, TargetModule.VALUE, example);
        int width = hidden / config.heads();
        List<Matrix> heads = new ArrayList<>();
        for (int head = 0; head < config.heads(); head++) {
            Matrix q = tape.columns(query, head * width, width);
            Matrix k = tape.columns(key, head * width, width);
            Matrix v = tape.columns(value, head * width, width);
            Matrix weights = tape.softmaxRows(tape.timesTransposed(q, k, 1 / Math.sqrt(width)));
            heads.add(tape.timesTransposed(weights, tape.transpose(v), 1));
        }
        Matrix attended = adapted(tape, tape.beside(heads), layer, TargetModule.ATTENTION_OUTPUT, example);
        Matrix middle = norm(tape, tape.plus(attended, input), prefix + "attention.output.LayerNorm");
        Matrix expanded = tape.gelu(adapted(tape, middle, layer, TargetModule.INTERMEDIATE, example));
        Matrix output = adapted(tape, expanded, layer, TargetModule.OUTPUT, example);
        return norm(tape, tape.plus(output, middle), prefix + "output.LayerNorm");
    }

    /** A module with its adapter, if it has one. */
    private Matrix adapted(Tape tape, Matrix input, int layer, TargetModule module, int example) {
        String path = "encoder.layer." + layer + "." + module.path();
        Matrix plain = linear(tape, input, path, module.out(config), module.in(config));
        String adapter = "base_model.model." + config.family().prefix() + path;
        if (parameters.containsKey(adapter + ".lora_A.weight")) {
            Matrix low = tape.timesTransposed(
                    seen(tape, input, layer, module, example), parameters.get(adapter + ".lora_A.weight"), 1);
            return tape.plus(
                    plain,
                    tape.timesTransposed(low, parameters.get(adapter + ".lora_B.weight"), this.adapter.scaling()));
        }
        if (parameters.containsKey(adapter + ".vera_lambda_d")) {
            Matrix low = tape.timesTransposed(seen(tape, input, layer, module, example), veraA(module), 1);
            Matrix scaled = tape.times(low, parameters.get(adapter + ".vera_lambda_d"));
            Matrix high = tape.timesTransposed(scaled, veraB(module), 1);
            return tape.plus(plain, tape.times(high, parameters.get(adapter + ".vera_lambda_b")));
        }
        return plain;
    }

    private Matrix seen(Tape tape, Matrix input, int layer, TargetModule module, int example) {
        if (dropout.isEmpty()) {
            return input;
        }
        Matrix mask = new Matrix(input.rows, input.columns);
        for (int token = 0; token < input.rows; token++) {
            float[] row = new float[input.columns];
            Arrays.fill(row, 1);
            dropout.get().apply(layer, module, example, token, row, row.length);
            for (int i = 0; i < row.length; i++) {
                mask.values[token * row.length + i] = row[i];
            }
        }
        return tape.times(input, mask);
    }

    /** The first columns of the widest module's A. */
    private Matrix veraA(TargetModule module) {
        int widest = adapter.modules().stream()
                .mapToInt(each -> each.in(config))
                .max()
                .orElseThrow();
        float[] all = VeraProjections.a(settings.seed(), adapter.rank(), widest).values();
        Matrix part = new Matrix(adapter.rank(), module.in(config));
        for (int i = 0; i < part.values.length; i++) {
            part.values[i] = all[i / part.columns * widest + i % part.columns];
        }
        return part;
    }

    /** The first rows of the widest module's B. */
    private Matrix veraB(TargetModule module) {
        int widest = adapter.modules().stream()
                .mapToInt(each -> each.out(config))
                .max()
                .orElseThrow();
        float[] all = VeraProjections.b(settings.seed(), widest, adapter.rank()).values();
        int rows = module.out(config);
        return Matrix.of(rows, adapter.rank(), Arrays.copyOf(all, rows * adapter.rank()));
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
