package io.rondo.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.log.JobSpec;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 8.4, 512, 20, 4, 1, --trainers",
        "10001, 8.4, 512, 20, 4, 1, --trainers",
        "16, 0, 512, 20, 4, 1, --adapter-mb",
        "16, -1, 512, 20, 4, 1, --adapter-mb",
        "16, NaN, 512, 20, 4, 1, --adapter-mb",
        "16, 1025, 512, 20, 4, 1, --adapter-mb",
        "16, 8.4, 0, 20, 4, 1, --chunk-kb",
        "16, 8.4, 513, 20, 4, 1, --chunk-kb",
        "16, 8.4, 512, 0, 4, 1, --rounds",
        "16, 8.4, 512, 1001, 4, 1, --rounds",
        "16, 8.4, 512, 20, 0, 1, --partitions",
        "16, 8.4, 512, 20, 65, 1, --partitions",
        "16, 8.4, 512, 20, 4, 0, --aggregators",
        "16, 8.4, 512, 20, 4, 9, --aggregators"
    })
    void shouldRefuseWhatIsOutOfBounds(
            int trainers, double adapterMb, int chunkKb, int rounds, int partitions, int aggregators, String option) {
        assertThatThrownBy(() -> new BenchSettings(trainers, adapterMb, chunkKb, rounds, partitions, aggregators))
                .isInstanceOfSatisfying(RondoException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.BAD_CONFIG))
                .hasMessageStartingWith(option);
    }

    @ParameterizedTest
    @CsvSource({"8.4, 8400000", "0.147, 147008", "1.5, 1500000", "0.000001, 32"})
    void shouldComeClosestToTheSizeAskedFor(double adapterMb, long bytes) {
        assertThat(new BenchSettings(1, adapterMb, 32, 1).updateBytes()).isEqualTo(bytes);
    }

    @Test
    void shouldMakeAJobInWhichEveryoneIsAwaited() {
        JobSpec job = new BenchSettings(5, 1, 32, 4).job("bench");

        assertThat(job.getMinTrainers()).isEqualTo(5);
        assertThat(job.getQuorum()).isEqualTo("5");
        assertThat(job.getChunkBytes()).isEqualTo(32_768);
        assertThat(job.getRounds()).isEqualTo(4 + BenchSettings.WARM_UP_ROUNDS);
    }
}
