package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A frozen base model by the name that a job or a site gives it: a built-in one, a Hugging Face directory, or such a
 * directory's name in the cache of models. Immutable, safe for any thread.
 */
public final class BaseModel {
    private final Optional<BuiltInModel> builtIn;
    private final Path cache;
    /** Empty for a built-in model, which may not be in the cache yet. */
    private final Optional<Path> directory;

    private final BertConfig config;

    private BaseModel(Optional<BuiltInModel> builtIn, Path cache, Optional<Path> directory, BertConfig config) {
        this.builtIn = builtIn;
        this.cache = cache;
        this.directory = directory;
        this.config = config;
    }

    /**
     * Finds a model and checks what can be checked without reading its weights.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_NOT_FOUND}, {@link ErrorCode#MODEL_UNREADABLE} or {@link
     *     ErrorCode#MODEL_UNSUPPORTED}
     */
    public static BaseModel of(String name, Path cache) {
        Optional<BuiltInModel> builtIn = BuiltInModel.named(name);
        if (builtIn.isPresent()) {
            return new BaseModel(builtIn, cache, Optional.empty(), builtIn.get().config());
        }
        Path directory = directory(name, cache).orElseThrow(() -> unknown(name, cache));
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            model.tokenizer();
            return new BaseModel(Optional.empty(), cache, Optional.of(directory), model.config());
        }
    }

    private static Optional<Path> directory(String name, Path cache) {
        try {
            return Optional.of(Path.of(name)).filter(Files::isDirectory).or(() -> Optional.of(cache.resolve(name))
                    .filter(Files::isDirectory));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static RondoException unknown(String name, Path cache) {
        return new RondoException(
                ErrorCode.MODEL_NOT_FOUND,
                "there is no built-in model and no directory '" + name + "', nor one in " + cache,
                "use " + BuiltInModel.names()
                        + ", give the path of a directory that save_pretrained wrote, or put one of that name into "
                        + cache);
    }

    public BertConfig config() {
        return config;
    }

    /**
     * The model's weights in float32: as they are in the directory, or converted once into the cache.
     *
     * @throws RondoException also with {@link ErrorCode#DISK_FULL} when the cache cannot be written
     */
    public ModelDirectory open() {
        if (builtIn.isPresent()) {
            return ModelDirectory.open(builtIn.get().directory(cache));
        }
        ModelDirectory model = ModelDirectory.open(directory.orElseThrow());
        if (model.isFloat32()) {
            return model;
        }
        try (model) {
            String digest = ModelDigest.of(model);
            String title =
                    directory.get().toAbsolutePath().normalize().getFileName() + "-f32-" + digest.substring(0, 16);
            return ModelDirectory.open(new CachedDirectory(cache, title).ensure(target -> convert(model, target)));
        }
    }

    private static void convert(ModelDirectory model, Path target) throws IOException {
        Files.writeString(target.resolve(ModelDirectory.CONFIG), model.config().json());
        for (Path file : TokenizerFiles.of(model.directory())) {
            Files.copy(file, target.resolve(file.getFileName()));
        }
        SafeTensorsWriter.write(target.resolve(WeightFiles.SINGLE), model.headers(), model::read);
    }

    /** Where the model lies, converted into the cache if it is built in and not there yet. */
    public Path directory() {
        return directory.orElseGet(() -> builtIn.orElseThrow().directory(cache));
    }

    /** Whether the head reads the first token's last state as it is, as a token classifier of {@code transformers} does. */
    public boolean readsFirstToken() {
        try (ModelDirectory model = ModelDirectory.open(directory())) {
            return config.family() == EncoderFamily.BERT && !model.hasPooler();
        }
    }

    /** What the directory calls the outputs of its head, in their order; empty if it does not name them. */
    public List<String> outputs() {
        return directory
                .map(path -> BertConfig.outputs(path.resolve(ModelDirectory.CONFIG)))
                .orElse(List.of());
    }

    /** How many outputs a layer of the head that the directory came with has; empty if it has no such layer. */
    public Optional<Long> headRows(String name) {
        return directory.flatMap(path -> {
            try (ModelDirectory model = ModelDirectory.open(path)) {
                return model.headRows(name);
            }
        });
    }

    /** A tensor of the head that the directory came with, if it has this shape. */
    public Optional<float[]> headTensor(String name, int... shape) {
        return directory.flatMap(path -> {
            try (ModelDirectory model = ModelDirectory.open(path)) {
                return model.headTensor(name, shape);
            }
        });
    }

    /**
     * What tells this model from every other, in hexadecimal: see {@link ModelDigest}. A built-in model's name says it
     * all, so it has none.
     */
    public String digest() {
        return directory
                .map(path -> {
                    try (ModelDirectory model = ModelDirectory.open(path)) {
                        return ModelDigest.of(model);
                    }
                })
                .orElse("");
    }
}
