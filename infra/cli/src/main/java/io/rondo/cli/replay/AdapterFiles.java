package io.rondo.cli.replay;

import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.sdk.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory with one safetensors file for each round. Until it is complete it lies beside its place under another name, and
 * it is removed if anything fails.
 */
final class AdapterFiles implements AutoCloseable {
    private final Path directory;
    private final Path partial;

    AdapterFiles(Path directory) {
        this.directory = directory;
        Path target = directory.toAbsolutePath();
        this.partial = target.resolveSibling("." + target.getFileName() + ".partial");
    }

    /** @throws RondoException with {@code BAD_CONFIG} when the directory is there already or cannot be made */
    void begin() {
        if (Files.exists(directory)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--out " + directory + " exists already",
                    "give a directory that does not exist yet");
        }
        try {
            // one that a process left which was killed
            delete();
            Files.createDirectories(partial);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    void write(int round, FlatLayout flat, float[] adapter) {
        Map<String, Tensor> tensors = flat.split(adapter);
        List<SafeTensorsWriter.Header> headers =
                flat.tensors().stream().map(AdapterFiles::header).toList();
        try {
            SafeTensorsWriter.write(
                    partial.resolve("round-%06d.safetensors".formatted(round)),
                    headers,
                    (String name) -> tensors.get(name).values());
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Gives the directory its name. */
    void complete() {
        try {
            Files.move(partial, directory.toAbsolutePath(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Removes what was not completed. */
    @Override
    public void close() {
        try {
            delete();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void delete() throws IOException {
        if (!Files.isDirectory(partial)) {
            return;
        }
        try (Stream<Path> files = Files.list(partial)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(partial);
    }

    private static SafeTensorsWriter.Header header(TensorShape tensor) {
        return new SafeTensorsWriter.Header(
                tensor.name(), Arrays.stream(tensor.shape()).boxed().toList());
    }

    private RondoException unwritable(IOException e) {
        return new RondoException(
                ErrorCode.BAD_CONFIG,
                "cannot write to --out " + directory + ": " + e,
                "give a directory that you may write",
                e);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
