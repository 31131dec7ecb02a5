package io.rondo.conformance.reference;

import io.rondo.schemas.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a reference trainer keeps over restarts: its values, the last round trained, and the update that goes with it. */
final class State {
    final Map<String, Tensor> values = new LinkedHashMap<>();
    String incarnation = "";
    int trainedRound;
    int baseRound;
    String attempt = "";
    float[] update = new float[0];
    /** Whether there was none. */
    boolean isNew = true;

    static State load(Path directory) {
        State state = new State();
        Path file = directory.resolve("state");
        if (!Files.exists(file)) {
            return state;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            state.isNew = false;
            state.incarnation = in.readUTF();
            state.trainedRound = in.readInt();
            state.baseRound = in.readInt();
            state.attempt = in.readUTF();
            state.update = floats(in);
            int tensors = in.readInt();
            for (int i = 0; i < tensors; i++) {
                String name = in.readUTF();
                int[] shape = new int[in.readInt()];
                for (int d = 0; d < shape.length; d++) {
                    shape[d] = in.readInt();
                }
                state.values.put(name, new Tensor(name, shape, floats(in)));
            }
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void save(Path directory, Collection<Tensor> tensors) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(incarnation);
            out.writeInt(trainedRound);
            out.writeInt(baseRound);
            out.writeUTF(attempt);
            write(out, update);
            out.writeInt(tensors.size());
            for (Tensor tensor : tensors) {
                out.writeUTF(tensor.name());
                out.writeInt(tensor.shape().length);
                for (int dimension : tensor.shape()) {
                    out.writeInt(dimension);
                }
                write(out, tensor.values());
            }
            Files.createDirectories(directory);
            Path beside = directory.resolve("state.tmp");
            Files.write(beside, bytes.toByteArray());
            Files.move(beside, directory.resolve("state"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        isNew = false;
    }

    private static void write(DataOutputStream out, float[] values) throws IOException {
        out.writeInt(values.length);
        for (float value : values) {
            out.writeFloat(value);
        }
    }

    private static float[] floats(DataInputStream in) throws IOException {
        float[] values = new float[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readFloat();
        }
        return values;
    }
}
