package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeavingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fedsa | tensors (lora-a) each round",
                "fedit | tensors (lora-a, lora-b) each round",
                "ffa | tensors (lora-b) each round",
                "rolora | tensors (lora-b) in odd rounds",
                "rolora | tensors (lora-a) in even ones",
                "local | no values each round"
            })
    void shouldSayWhichTensorsAMethodTakesFromASite(String method, String told) {
        assertThat(Leaving.of(Records.of(method, 2).job()))
                .contains(told)
                .contains("numbers of examples and metrics")
                .doesNotContain("head");
    }
}
