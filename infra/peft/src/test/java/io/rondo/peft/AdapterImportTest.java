package io.rondo.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterImportTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void save() throws IOException {
        Files.writeString(
                directory.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"task_type\": \"CAUSAL_LM\", \"r\": 8, \"lora_alpha\": 16,"
                        + " \"target_modules\": [\"q_proj\", \"v_proj\"]}");
    }

    @Test
    void shouldSendTheAdapterOfALanguageModelToPython() {
        assertThatThrownBy(() -> AdapterImport.open(directory, "nd4j"))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.MODEL_UNSUPPORTED, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.explanation())
                        .contains("CAUSAL_LM", "python -m rondo.submit JOB.yaml --adapter " + directory));
    }

    @Test
    void shouldTakeItForAnEngineThatMayHaveSuchModels() {
        assertThat(AdapterImport.open(directory, "mine")
                        .spec(Optional.empty(), List.of("name=job"))
                        .getTargetModules())
                .containsExactly("q_proj", "v_proj");
    }
}
