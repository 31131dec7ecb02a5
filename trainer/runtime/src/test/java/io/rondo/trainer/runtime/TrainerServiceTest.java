package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.kit.DelegatingFactory;
import io.rondo.trainer.api.pocket.PocketTrainerFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainerServiceTest {
    private final FederatedJob job = Records.of("fedsa", 1).job();

    @Test
    void shouldAcceptAModelOfTheJobsLayout() {
        assertThatCode(() -> TrainerService.requireLayout(new PocketTrainerFactory(), job.model(Path.of("cache")), job))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseAnotherBaseModelOfTheSameShapes() {
        ModelSettings model = job.model(Path.of("cache"));

        assertThatCode(() -> TrainerService.requireModel(digestOf("abc"), model, "abc"))
                .doesNotThrowAnyException();
        assertThatCode(() -> TrainerService.requireModel(digestOf("abd"), model, ""))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> TrainerService.requireModel(digestOf("abd"), model, "abc"))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.MODEL_UNSUPPORTED, RondoException::code)
                .extracting(RondoException::getMessage, STRING)
                .contains("'abd' here", "submitted with 'abc'");
    }

    private static LocalTrainerFactory digestOf(String digest) {
        return new DelegatingFactory(new PocketTrainerFactory()) {
            @Override
            public String modelDigest(ModelSettings model) {
                return digest;
            }
        };
    }

    @Test
    void shouldNameTheFirstTensorThatDiffers() {
        ModelSettings otherRank =
                new ModelSettings("pocket", Path.of("cache"), AdapterKind.LORA, 2, 8, List.of("query", "value"), 2);

        assertThatThrownBy(() -> TrainerService.requireLayout(new PocketTrainerFactory(), otherRank, job))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.MODEL_UNSUPPORTED, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("'pocket.query.lora_A.weight lora-a 2x32' is not"));
    }
}
