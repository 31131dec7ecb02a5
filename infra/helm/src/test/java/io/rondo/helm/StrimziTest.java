package io.rondo.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rondo.cli.check.Role;
import io.rondo.cli.plan.PlanFormat;
import io.rondo.cli.plan.TopicPlan;
import io.rondo.schemas.topic.JobTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrimziTest {
    @ParameterizedTest
    @CsvSource({"kafka.yaml, 3", "kafka-single.yaml, 1"})
    void shouldFitTheTypesOfTheApi(String file, int brokers) throws IOException {
        List<JsonNode> resources = Resources.checked(Files.readString(Path.of("strimzi", file)));

        assertThat(resources)
                .extracting(resource -> resource.path("kind").asText())
                .containsExactly("KafkaNodePool", "Kafka");
        assertThat(resources.get(0).at("/spec/replicas").asInt()).isEqualTo(brokers);
        assertThat(resources.get(1).at("/spec/kafka/version").asText()).isEqualTo("4.2.1");
    }

    @Test
    void shouldPlanTopicsAndUsersThatFitTheTypesOfTheApi() {
        JobTopics topics = new JobTopics("demo", 4, 3);
        TopicPlan plan = TopicPlan.of(
                topics, 2, Map.of("aggregator", Role.AGGREGATOR, "operator", Role.OPERATOR, "site-a", Role.TRAINER));

        List<JsonNode> resources = Resources.checked(PlanFormat.STRIMZI.write(plan));

        assertThat(resources)
                .filteredOn(resource -> resource.path("kind").asText().equals("KafkaTopic"))
                .hasSize(topics.fixed().size() + 3);
        assertThat(resources)
                .filteredOn(resource -> resource.at("/metadata/name").asText().equals("site-a"))
                .singleElement()
                .satisfies(user -> assertThat(
                                user.at("/spec/quotas/producerByteRate").asInt())
                        .isEqualTo(10 << 20));
        assertThat(resources)
                .filteredOn(resource -> resource.path("kind").asText().equals("KafkaUser")
                        && resource.at("/spec").has("quotas"))
                .hasSize(1);
    }

    @Test
    void shouldRefuseAFieldThatDoesNotExist() {
        String misspelt = """
                apiVersion: kafka.strimzi.io/v1
                kind: KafkaNodePool
                metadata: {name: brokers}
                spec: {replica: 3}
                """;

        assertThatThrownBy(() -> Resources.checked(misspelt)).hasMessageContaining("replica");
    }
}
