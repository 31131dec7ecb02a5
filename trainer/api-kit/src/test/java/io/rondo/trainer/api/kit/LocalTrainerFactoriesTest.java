package io.rondo.trainer.api.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainerFactories;
import org.junit.jupiter.api.Test;

class LocalTrainerFactoriesTest {

    @Test
    void shouldFindAnInstalledTrainer() {
        assertThat(LocalTrainerFactories.named("pocket").name()).isEqualTo("pocket");
    }

    @Test
    void shouldNameTheInstalledOnesWhenThereIsNone() {
        assertThatThrownBy(() -> LocalTrainerFactories.named("nd5j"))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.COMMAND_NOT_INSTALLED, RondoException::code)
                .satisfies(e -> assertThat(e).hasMessageContaining("nd5j").hasMessageContaining("[pocket]"));
    }
}
