package io.rondo.schemas.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.RondoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a.b",
                "a_b",
                "A",
                "ä",
                "<script>",
                "a b",
                "0123456789012345678901234567890123456789012345678"
            })
    void shouldRefuseNamesThatTopicsCannotCarry(String name) {
        assertThatThrownBy(() -> Identifiers.requireJob(name))
                .isInstanceOf(RondoException.class)
                .hasMessageContaining("'" + name + "'");
    }

    @Test
    void shouldReserveTheSubmitter() {
        assertThat(Identifiers.requireTrainer("trainer-1")).isEqualTo("trainer-1");
        assertThatThrownBy(() -> Identifiers.requireTrainer("submitter")).hasMessageContaining("reserved");
    }

    @Test
    void shouldFindReasonsByTheirId() {
        for (RejectionReason reason : RejectionReason.values()) {
            assertThat(RejectionReason.of(reason.id())).contains(reason);
        }
        assertThat(RejectionReason.of("no-such-reason")).isEmpty();
    }
}
