package io.rondo.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobPatternTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
        *,               demo,      true
        demo,            demo,      true
        demo,            demo-2,    false
        demo-*,          demo-2,    true
        demo-*,          a-demo-2,  false
        *-2,             demo-2,    true
        demo-?,          demo-2,    true
        demo-?,          demo-22,   false
        'pilot,demo*',   demo-2,    true
        'pilot, demo*',  demo-2,    true
        'pilot,demo*',   pilots,    false
        """)
    void shouldFitNamesAndPatterns(String pattern, String job, boolean fits) {
        assertThat(JobPattern.of(pattern).fits(job)).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,", "A", "a.b", "[a-z]", "a b"})
    void shouldRefuseWhatFitsNoJob(String pattern) {
        assertThatThrownBy(() -> JobPattern.of(pattern))
                .isInstanceOfSatisfying(
                        RondoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_ID));
    }

    @Test
    void shouldShowItselfAsItWasGiven() {
        assertThat(JobPattern.of("team-*,pilot")).hasToString("team-*,pilot");
    }
}
