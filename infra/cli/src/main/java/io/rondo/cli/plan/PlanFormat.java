package io.rondo.cli.plan;

import io.rondo.cli.rights.Grant;
import io.rondo.cli.rights.Quota;
import io.rondo.schemas.topic.Topic;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;

/** The output format of a plan. */
public enum PlanFormat {
    /** Kafka's own scripts. */
    COMMANDS {
        @Override
        public String write(TopicPlan plan) {
            StringBuilder text = new StringBuilder("#!/bin/sh\n# Topics, ACLs and quotas of job "
                    + plan.topics().job()
                    + ". BOOTSTRAP is the brokers' address, ADMIN a file of properties for an administrator.\n"
                    + "set -eu\n");
            plan.topics().fixed().forEach(topic -> text.append(command(topic, topic.name())));
            text.append("for n in $(seq -f %06.0f 0 ").append(plan.lastRound()).append("); do\n  ");
            text.append(command(plan.topics().round(0), plan.topics().roundPrefix() + "$n"))
                    .append("done\n");
            plan.rights().forEach((user, grants) -> {
                grants.forEach(grant -> text.append(acl(user, grant)));
                if (plan.trainers().contains(user)) {
                    text.append(quota(user));
                }
            });
            return text.toString();
        }

        private String quota(String user) {
            return "kafka-configs.sh --bootstrap-server \"$BOOTSTRAP\" --command-config \"$ADMIN\" --alter"
                    + " --entity-type users --entity-name " + user
                    + " --add-config producer_byte_rate=%.0f,consumer_byte_rate=%.0f,request_percentage=%.0f\n"
                            .formatted(
                                    Quota.DEFAULT.writeBytes(),
                                    Quota.DEFAULT.readBytes(),
                                    Quota.DEFAULT.requestPercent());
        }

        private String command(Topic topic, String name) {
            StringBuilder line = new StringBuilder("kafka-topics.sh --bootstrap-server \"$BOOTSTRAP\" --command-config"
                    + " \"$ADMIN\" --create --if-not-exists --topic " + name + " --partitions " + topic.partitions());
            if (topic.replication() > 0) {
                line.append(" --replication-factor ").append(topic.replication());
            }
            new TreeMap<>(topic.configs())
                    .forEach((key, value) ->
                            line.append(" --config ").append(key).append('=').append(value));
            return line.append('\n').toString();
        }

        private String acl(String user, Grant grant) {
            String resource =
                    switch (grant.resource()) {
                        case GROUP -> "group";
                        case TRANSACTIONAL_ID -> "transactional-id";
                        default -> "topic";
                    };
            return "kafka-acls.sh --bootstrap-server \"$BOOTSTRAP\" --command-config \"$ADMIN\" --add"
                    + " --allow-principal User:"
                    + user
                    + sorted(grant).stream()
                            .map(operation -> " --operation " + camel(operation))
                            .collect(Collectors.joining())
                    + " --" + resource + ' ' + grant.name() + " --resource-pattern-type "
                    + grant.pattern().name().toLowerCase(Locale.ROOT) + '\n';
        }
    },
    /** Resources for Strimzi's operators. */
    STRIMZI {
        @Override
        public String write(TopicPlan plan) {
            StringBuilder text = new StringBuilder("# Topics and users of job "
                    + plan.topics().job() + ". Set strimzi.io/cluster to the name of your Kafka resource.\n");
            for (Topic topic : plan.all()) {
                text.append("---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata:\n  name: ")
                        .append(topic.name())
                        .append("\n  labels:\n    strimzi.io/cluster: rondo\nspec:\n  topicName: ")
                        .append(topic.name())
                        .append("\n  partitions: ")
                        .append(topic.partitions())
                        .append('\n');
                if (topic.replication() > 0) {
                    text.append("  replicas: ").append(topic.replication()).append('\n');
                }
                text.append("  config:\n");
                new TreeMap<>(topic.configs()).forEach((key, value) -> text.append("    ")
                        .append(key)
                        .append(": \"")
                        .append(value)
                        .append("\"\n"));
            }
            plan.rights().forEach((user, grants) -> {
                text.append("---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaUser\nmetadata:\n  name: ")
                        .append(user)
                        .append("\n  labels:\n    strimzi.io/cluster: rondo\nspec:\n  authentication:\n")
                        .append("    type: scram-sha-512\n  authorization:\n    type: simple\n    acls:\n");
                grants.forEach(grant -> text.append("      - resource:\n          type: ")
                        .append(
                                switch (grant.resource()) {
                                    case GROUP -> "group";
                                    case TRANSACTIONAL_ID -> "transactionalId";
                                    default -> "topic";
                                })
                        .append("\n          name: ")
                        .append(grant.name())
                        .append("\n          patternType: ")
                        .append(grant.pattern() == PatternType.PREFIXED ? "prefix" : "literal")
                        .append("\n        operations: [")
                        .append(sorted(grant).stream().map(PlanFormat::camel).collect(Collectors.joining(", ")))
                        .append("]\n"));
                if (plan.trainers().contains(user)) {
                    text.append(
                            "  quotas:\n    producerByteRate: %.0f\n    consumerByteRate: %.0f\n    requestPercentage: %.0f\n"
                                    .formatted(
                                            Quota.DEFAULT.writeBytes(),
                                            Quota.DEFAULT.readBytes(),
                                            Quota.DEFAULT.requestPercent()));
                }
            });
            return text.toString();
        }
    },
    /** Resources for Terraform's provider {@code Mongey/kafka}. */
    TERRAFORM {
        @Override
        public String write(TopicPlan plan) {
            StringBuilder text = new StringBuilder("# Topics, ACLs and quotas of job "
                    + plan.topics().job() + ", for the provider Mongey/kafka. A module has one such block:\n"
                    + "#   terraform { required_providers { kafka = { source = \"Mongey/kafka\" } } }\n");
            if (plan.topics().commands().replication() <= 0) {
                text.append("variable \"replication_factor\" {\n  type = number\n}\n");
            }
            for (Topic topic : plan.topics().fixed()) {
                String name = topic.name();
                text.append(topic(
                        topic, name.substring(plan.topics().prefix().length()).replace('-', '_'), "", name));
            }
            text.append(topic(
                    plan.topics().round(0),
                    "round",
                    "  for_each           = toset([for n in range(0, " + (plan.lastRound() + 1)
                            + ") : format(\"%06d\", n)])\n",
                    plan.topics().roundPrefix() + "${each.key}"));
            Iterator<Integer> numbers = IntStream.iterate(1, n -> n + 1).iterator();
            plan.rights().forEach((user, grants) -> {
                grants.forEach(grant ->
                        sorted(grant).forEach(operation -> text.append(acl(numbers.next(), user, grant, operation))));
                if (plan.trainers().contains(user)) {
                    text.append(quota(user));
                }
            });
            return text.toString();
        }

        private String acl(int number, String user, Grant grant, AclOperation operation) {
            String type =
                    switch (grant.resource()) {
                        case GROUP -> "Group";
                        case TRANSACTIONAL_ID -> "TransactionalID";
                        default -> "Topic";
                    };
            return "resource \"kafka_acl\" \"acl_" + number + "\" {\n"
                    + "  acl_principal                = \"User:" + user + "\"\n"
                    + "  acl_host                     = \"*\"\n"
                    + "  acl_operation                = \"" + camel(operation) + "\"\n"
                    + "  acl_permission_type          = \"Allow\"\n"
                    + "  resource_type                = \"" + type + "\"\n"
                    + "  resource_name                = \"" + grant.name() + "\"\n"
                    + "  resource_pattern_type_filter = \""
                    + (grant.pattern() == PatternType.PREFIXED ? "Prefixed" : "Literal") + "\"\n}\n";
        }

        private String quota(String user) {
            return ("resource \"kafka_quota\" \"quota_" + user + "\" {\n  entity_type = \"user\"\n  entity_name = \""
                            + user + "\"\n  config = {\n    \"producer_byte_rate\" = %.0f\n"
                            + "    \"consumer_byte_rate\" = %.0f\n    \"request_percentage\" = %.0f\n  }\n}\n")
                    .formatted(Quota.DEFAULT.writeBytes(), Quota.DEFAULT.readBytes(), Quota.DEFAULT.requestPercent());
        }

        private String topic(Topic topic, String resource, String each, String name) {
            StringBuilder text = new StringBuilder("resource \"kafka_topic\" \"" + resource + "\" {\n" + each
                    + "  name               = \"" + name + "\"\n  partitions         = " + topic.partitions()
                    + "\n  replication_factor = "
                    + (topic.replication() > 0 ? topic.replication() : "var.replication_factor")
                    + "\n  config = {\n");
            // as `terraform fmt` aligns them
            int longest = topic.configs().keySet().stream()
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
            new TreeMap<>(topic.configs()).forEach((key, value) -> text.append("    \"")
                    .append(key)
                    .append('"')
                    .append(" ".repeat(longest - key.length()))
                    .append(" = \"")
                    .append(value)
                    .append("\"\n"));
            return text.append("  }\n}\n").toString();
        }
    };

    /** The plan as text. */
    public abstract String write(TopicPlan plan);

    private static List<AclOperation> sorted(Grant grant) {
        return grant.operations().stream().sorted().toList();
    }

    /** {@code DESCRIBE_CONFIGS} as {@code DescribeConfigs}. */
    private static String camel(AclOperation operation) {
        return Arrays.stream(operation.name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }
}
