package io.rondo.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.check.Role;
import io.rondo.cli.rights.Grant;
import io.rondo.cli.rights.JobRights;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class TopicPlanTest {
    private static final JobTopics TOPICS = new JobTopics("demo", 4, 3);
    private final TopicPlan plan = TopicPlan.of(TOPICS, 20, users());

    private static Map<String, Role> users() {
        Map<String, Role> users = new LinkedHashMap<>();
        users.put("operator", Role.OPERATOR);
        users.put("aggregator", Role.AGGREGATOR);
        users.put("a", Role.TRAINER);
        return users;
    }

    @Test
    void shouldCommandEveryTopicWithItsSettingsAndEveryAcl() {
        String text = PlanFormat.COMMANDS.write(plan);

        for (Topic topic : TOPICS.fixed()) {
            assertThat(text.lines()).anySatisfy(line -> {
                assertThat(line).contains("--topic " + topic.name() + " --partitions " + topic.partitions());
                topic.configs().forEach((key, value) -> assertThat(line).contains("--config " + key + '=' + value));
            });
        }
        assertThat(text).contains("seq -f %06.0f 0 20").contains("--topic rondo.demo.round.$n --partitions 4");
        assertThat(text)
                .contains("--allow-principal User:a --operation Write --topic rondo.demo.round. --resource-pattern-type"
                        + " prefixed")
                .doesNotContain("Create");
        assertThat(text.lines().filter(line -> line.startsWith("kafka-configs.sh")))
                .singleElement()
                .asString()
                .contains("--entity-type users --entity-name a ")
                .contains("producer_byte_rate=10485760,consumer_byte_rate=52428800,request_percentage=50");
    }

    @Test
    void shouldWriteStrimzisResourcesAsYaml() {
        List<Map<String, Object>> resources = new java.util.ArrayList<>();
        new Load(LoadSettings.builder().build())
                .loadAllFromString(PlanFormat.STRIMZI.write(plan))
                .forEach(one -> {
                    if (one != null) {
                        resources.add(cast(one));
                    }
                });

        assertThat(resources).hasSize(TOPICS.fixed().size() + 21 + 3);
        assertThat(resources).allSatisfy(one -> assertThat(one).containsEntry("apiVersion", "kafka.strimzi.io/v1"));
        Map<String, Object> manifests = resources.get(1);
        assertThat(cast(manifests.get("spec")))
                .containsEntry("topicName", TOPICS.manifests().name())
                .containsEntry("partitions", 1)
                .containsEntry("replicas", 3)
                .containsEntry("config", new HashMap<>(TOPICS.manifests().configs()));
    }

    @Test
    void shouldWriteTerraformsResourcesForEveryTopicAndRight() {
        String text = PlanFormat.TERRAFORM.write(plan);

        TOPICS.fixed().forEach(topic -> assertThat(text).contains("name               = \"" + topic.name() + '"'));
        assertThat(text).contains("range(0, 21)").contains("rondo.demo.round.${each.key}");
        long rights = plan.rights().values().stream()
                .flatMap(List::stream)
                .mapToLong(grant -> grant.operations().size())
                .sum();
        assertThat(text.split("resource \"kafka_acl\"", -1)).hasSize((int) rights + 1);
        assertThat(text.split("resource \"kafka_quota\"", -1)).hasSize(2);
        assertThat(text).contains("entity_name = \"a\"").doesNotContain("variable");
    }

    /** What a job leaves to the brokers is the module's to say: Terraform's provider has no default. */
    @Test
    void shouldDeclareTheVariableThatTerraformsTopicsUse() {
        String text = PlanFormat.TERRAFORM.write(TopicPlan.of(new JobTopics("demo", 4, -1), 20, users()));

        assertThat(text)
                .contains("replication_factor = var.replication_factor")
                .containsOnlyOnce("variable \"replication_factor\" {");
    }

    /** What `rondo check` asks for is what is granted. */
    @Test
    void shouldGrantWhatEachRoleNeeds() {
        for (Role role : Role.values()) {
            role.needs(TOPICS).forEach((topic, operations) -> operations.stream()
                    .filter(operation -> operation != AclOperation.DESCRIBE)
                    .forEach(operation -> assertThat(JobRights.of(role, TOPICS))
                            .as(role + " " + operation + " " + topic.name())
                            .anyMatch(grant -> covers(grant, topic.name(), operation))));
        }
    }

    @Test
    void shouldGrantATrainerNothingThatCreatesOrReachesFurther() {
        List<Grant> grants = JobRights.of(Role.TRAINER, TOPICS);

        assertThat(grants).allSatisfy(grant -> {
            assertThat(grant.resource()).isEqualTo(ResourceType.TOPIC);
            assertThat(Set.of(AclOperation.READ, AclOperation.WRITE)).containsAll(grant.operations());
            assertThat(grant.pattern() == PatternType.LITERAL || grant.name().endsWith("."))
                    .as(grant.name())
                    .isTrue();
        });
        for (Topic other : List.of(TOPICS.decisions(), TOPICS.parts(), TOPICS.deadLetters())) {
            assertThat(grants).noneMatch(grant -> covers(grant, other.name(), AclOperation.READ));
            assertThat(grants).noneMatch(grant -> covers(grant, other.name(), AclOperation.WRITE));
        }
        assertThat(grants)
                .noneMatch(grant -> covers(grant, TOPICS.rounds().name(), AclOperation.WRITE))
                .noneMatch(grant -> covers(grant, TOPICS.round(1).name(), AclOperation.READ))
                .noneMatch(grant -> covers(grant, TOPICS.manifests().name(), AclOperation.READ));
    }

    private static boolean covers(Grant grant, String topic, AclOperation operation) {
        return grant.resource() == ResourceType.TOPIC
                && grant.operations().contains(operation)
                && (grant.pattern() == PatternType.LITERAL
                        ? grant.name().equals(topic)
                        : topic.startsWith(grant.name()));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Object value) {
        return (Map<String, Object>) value;
    }
}
