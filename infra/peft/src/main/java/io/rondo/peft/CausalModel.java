package io.rondo.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.BaseDirectory;
import io.rondo.trainer.api.ModelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A Hugging Face directory of a model that completes texts. Trainers in Python adapt it; no engine in Java knows it. */
final class CausalModel {
    static final String TASK_TYPE = "CAUSAL_LM";

    private static final long MAX_CONFIG_BYTES = 1 << 20;

    private CausalModel() {}

    /**
     * The directory of a job's model, where that completes texts: a path, or a name in the cache of models.
     *
     * @throws RondoException with {@link ErrorCode#MODEL_UNREADABLE} when its configuration cannot be read
     */
    static Optional<BaseDirectory> find(ModelSettings model) {
        return Stream.of(Path.of(model.model()), model.cache().resolve(model.model()))
                .filter(directory -> Files.isRegularFile(config(directory)))
                .findFirst()
                .filter(CausalModel::completes)
                .map(directory -> new BaseDirectory(directory, TASK_TYPE));
    }

    private static boolean completes(Path directory) {
        Path file = config(directory);
        try {
            if (Files.size(file) > MAX_CONFIG_BYTES) {
                throw unreadable(file + " is longer than " + MAX_CONFIG_BYTES + " bytes", null);
            }
            for (JsonNode name : JsonMapper.builder()
                    .build()
                    .readTree(Files.readAllBytes(file))
                    .path("architectures")) {
                if (name.asText().contains("CausalLM") || name.asText().endsWith("LMHeadModel")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw unreadable(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Path config(Path directory) {
        return directory.resolve("config.json");
    }

    private static RondoException unreadable(String what, Throwable cause) {
        return new RondoException(ErrorCode.MODEL_UNREADABLE, what, "save the model into its directory", cause);
    }
}
