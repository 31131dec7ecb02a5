package io.rondo.aggregator.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.PublishedAdapters;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedAdaptersTest {
    private static MemoryJobLog log(String method) {
        return new RecordedJob(TestJob.create().with(spec -> spec.setMethod(method)))
                .start()
                .soundRound(1)
                .soundRound(2)
                .log();
    }

    /** The slow twin reads the whole history. */
    @ParameterizedTest
    @ValueSource(strings = {"fedsa", "ffa", "rolora"})
    void shouldFindWhatTheWholeHistoryHas(String method) {
        MemoryJobLog log = log(method);
        JobRecords records = JobRecords.read(log);

        PublishedAdapters adapters = PublishedAdapters.of(log);

        assertThat(adapters.job()).isEqualTo(records.job());
        for (int round = 0; round <= 2; round++) {
            RoundPublished publication = adapters.publication(round);
            assertThat(publication).isEqualTo(records.publication(round));
            assertThat(adapters.tensors(publication)).isEqualTo(records.tensors(round));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3})
    void shouldSayThatARoundIsNotPublished(int round) {
        PublishedAdapters adapters = PublishedAdapters.of(log("fedsa"));

        assertThatThrownBy(() -> adapters.publication(round)).isInstanceOfSatisfying(RondoException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.ROUND_NOT_FOUND);
            assertThat(refused).hasMessageContaining("the last one is 2");
        });
    }
}
