package io.rondo.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsSettingsTest {
    @Test
    void shouldLetTheOperatorTuneWhatIsOnlyADefault() {
        Properties properties = of(Map.of(
                "session.timeout.ms", "45000",
                "producer.batch.size", "16384",
                "consumer.max.poll.records", "50",
                "poll.ms", "20"));

        assertThat(properties)
                .containsEntry("session.timeout.ms", "45000")
                .doesNotContainKey("main.consumer.session.timeout.ms")
                .containsEntry("producer.batch.size", "16384")
                .containsEntry("consumer.max.poll.records", "50")
                .doesNotContainKey("main.consumer.max.poll.records")
                .containsEntry("poll.ms", "20")
                .containsEntry("producer.linger.ms", 5);
    }

    @Test
    void shouldHaveDefaultsAndWhatIsFixed() {
        assertThat(of(Map.of()))
                .containsEntry("main.consumer.session.timeout.ms", 10_000)
                .containsEntry("main.consumer.group.instance.id", "one")
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("application.id", "rondo.j.aggregator");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application.id",
                "processing.guarantee",
                "group.instance.id",
                "main.consumer.group.instance.id",
                "consumer.isolation.level",
                "producer.acks",
                "transactional.id"
            })
    void shouldRefuseByNameWhatMustNotChange(String key) {
        assertThatThrownBy(() -> of(Map.of(key, "x")))
                .asInstanceOf(type(RondoException.class))
                .returns(ErrorCode.BAD_CONFIG, RondoException::code)
                .satisfies(refusal -> assertThat(refusal.explanation()).contains(key));
    }

    private static Properties of(Map<String, String> kafkaConfig) {
        return StreamsSettings.of(
                new AggregatorSettings(
                        new LogConnection("broker:9092", "http://registry:8081", kafkaConfig),
                        "j",
                        "one",
                        Path.of("s")),
                new JobTopics("j", 3, 1));
    }
}
