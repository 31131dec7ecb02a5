package io.rondo.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.BaseDirectory;
import io.rondo.trainer.api.ModelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CausalModelTest {
    @TempDir
    private Path cache;

    @ParameterizedTest
    @ValueSource(strings = {"LlamaForCausalLM", "GPT2LMHeadModel"})
    void shouldFindAModelByItsPathAndByItsNameInTheCache(String architecture) throws IOException {
        Path directory = config("story", "{\"architectures\": [\"" + architecture + "\"]}");

        assertThat(CausalModel.find(settings(directory.toString())))
                .contains(new BaseDirectory(directory, "CAUSAL_LM"));
        assertThat(CausalModel.find(settings("story"))).contains(new BaseDirectory(directory, "CAUSAL_LM"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"architectures\": [\"BertModel\"]}", "{\"model_type\": \"bert\"}"})
    void shouldLeaveOtherModelsToTheEngine(String config) throws IOException {
        config("encoder", config);

        assertThat(CausalModel.find(settings("encoder"))).isEmpty();
        assertThat(CausalModel.find(settings("all-MiniLM-L6-v2"))).isEmpty();
    }

    @Test
    void shouldNameAConfigurationThatCannotBeRead() throws IOException {
        config("broken", "{\"architectures\": [");

        assertThat(catchThrowableOfType(RondoException.class, () -> CausalModel.find(settings("broken"))))
                .returns(ErrorCode.MODEL_UNREADABLE, RondoException::code)
                .hasMessageContaining("config.json");
    }

    private Path config(String name, String text) throws IOException {
        Path directory = Files.createDirectories(cache.resolve(name));
        Files.writeString(directory.resolve("config.json"), text);
        return directory;
    }

    private ModelSettings settings(String model) {
        return new ModelSettings(model, cache, AdapterKind.LORA, 4, 16, List.of("q_proj"), 2);
    }
}
