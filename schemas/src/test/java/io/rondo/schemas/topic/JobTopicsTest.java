package io.rondo.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.RondoException;
import org.junit.jupiter.api.Test;

class JobTopicsTest {
    private final JobTopics topics = new JobTopics("demo", 4, 1);

    @Test
    void shouldSpellEveryName() {
        assertThat(topics.fixed().stream().map(Topic::name))
                .containsExactly(
                        "rondo.demo.commands",
                        "rondo.demo.manifests",
                        "rondo.demo.decisions",
                        "rondo.demo.parts",
                        "rondo.demo.global-adapter",
                        "rondo.demo.rounds",
                        "rondo.demo.dead-letters");
        assertThat(topics.round(42).name()).isEqualTo("rondo.demo.round.000042");
        assertThat(topics.applicationId()).isEqualTo("rondo.demo.aggregator");
    }

    @Test
    void shouldPartitionWhatFoldsOwn() {
        assertThat(topics.round(1).partitions()).isEqualTo(4);
        assertThat(topics.decisions().partitions()).isEqualTo(4);
        assertThat(topics.globalAdapter().partitions()).isEqualTo(4);
        assertThat(topics.manifests().partitions()).isEqualTo(1);
        assertThat(topics.rounds().partitions()).isEqualTo(1);
    }

    @Test
    void shouldLetTheBrokerStampWhatDeadlinesJudge() {
        assertThat(topics.manifests().configs()).containsEntry("message.timestamp.type", "LogAppendTime");
        assertThat(topics.round(0).configs()).containsEntry("retention.ms", "-1");
    }

    @Test
    void shouldKnowACommandsTopic() {
        assertThat(JobTopics.jobOfCommands("rondo.my-job.commands")).contains("my-job");
        assertThat(JobTopics.jobOfCommands("rondo.my-job.rounds")).isEmpty();
        assertThat(JobTopics.jobOfCommands("other.my-job.commands")).isEmpty();
    }

    @Test
    void shouldRefuseNamesAndRoundsOutOfBounds() {
        assertThatThrownBy(() -> new JobTopics("a.b", 1, 1)).isInstanceOf(RondoException.class);
        assertThatThrownBy(() -> topics.round(1_000_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> topics.round(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
