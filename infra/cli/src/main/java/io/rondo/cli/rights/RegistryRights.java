package io.rondo.cli.rights;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** The permissions of a registry that keeps its schemas in Kafka, as Apicurio does: its own topics, and none of a job. */
public final class RegistryRights {
    private static final List<Grant> GRANTS = List.of(
            Grant.topics("kafkasql-", READ, WRITE, CREATE, DESCRIBE_CONFIGS),
            Grant.topic("registry-events", READ, WRITE, CREATE, DESCRIBE_CONFIGS),
            new Grant(ResourceType.GROUP, "apicurio-", PatternType.PREFIXED, Set.of(READ)));

    private RegistryRights() {}

    /** As ACLs of a user. */
    public static List<AclBinding> bindings(String user) {
        return GRANTS.stream()
                .flatMap(grant -> grant.operations().stream().sorted().map(operation -> grant.binding(user, operation)))
                .toList();
    }
}
