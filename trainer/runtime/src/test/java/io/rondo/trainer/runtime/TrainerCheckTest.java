package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.api.LocalTrainerFactories;
import org.junit.jupiter.api.Test;

class TrainerCheckTest {
    @Test
    void shouldReportAllProblemsAtOnce() {
        TrainerCheck check = TrainerCheck.of(
                "My Job",
                "My Site",
                (job, trainer) -> {
                    throw new AssertionError("no job of this name can be asked for");
                },
                () -> LocalTrainerFactories.named("none-such"));

        assertThat(check.problems())
                .extracting(RondoException::code)
                .containsExactly(ErrorCode.BAD_ID, ErrorCode.BAD_ID, ErrorCode.COMMAND_NOT_INSTALLED);
        assertThat(check.text())
                .contains("job       My Job", "'My Site'", "none-such")
                .doesNotContain("ready to join");
        assertThat(check.json()).containsKeys("job", "trainer", "problems");
        assertThatThrownBy(check::requireReady)
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_ID, RondoException::code)
                .satisfies(failure -> assertThat(failure).hasMessageContaining("3 of the checks failed"));
    }
}
