package io.rondo.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageTest {
    @Test
    void shouldReadANumberOrALanguageForEach() {
        assertThat(Language.list("2", Language.JAVA)).containsExactly(Language.JAVA, Language.JAVA);
        assertThat(Language.list("java, python", Language.JAVA)).containsExactly(Language.JAVA, Language.PYTHON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "51", "-1", "", "java,", "ruby", "java,2", "99999999999"})
    void shouldRefuseWhatIsNeither(String text) {
        assertThatThrownBy(() -> Language.list(text, Language.JAVA))
                .hasMessageContaining("--trainers is " + text)
                .extracting("nextStep")
                .asString()
                .contains("java,java,python");
    }
}
