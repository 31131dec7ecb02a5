package io.rondo.inspect.view;

import io.rondo.cli.output.PartialDirectory;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A new directory with one safetensors file for each round, which is there only when all of them are in it. */
final class AdapterFiles implements AutoCloseable {
    private final Path directory;
    private PartialDirectory partial;

    AdapterFiles(Path directory) {
        this.directory = directory;
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
            partial = PartialDirectory.create(directory);
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
                    partial.path().resolve("round-%06d.safetensors".formatted(round)),
                    headers,
                    (String name) -> tensors.get(name).values());
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Gives the directory its name. */
    void complete() {
        try {
            partial.complete();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Removes what was not completed. */
    @Override
    public void close() {
        if (partial == null) {
            return;
        }
        try {
            partial.close();
        } catch (IOException e) {
            throw unwritable(e);
        }
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
