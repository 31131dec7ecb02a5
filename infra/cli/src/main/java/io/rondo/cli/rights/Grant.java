package io.rondo.cli.rights;

import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A permission on a resource. READ and WRITE include DESCRIBE.
 *
 * @param resource topic, group or transactional id
 * @param name its name, or a prefix of it
 * @param pattern LITERAL or PREFIXED
 * @param operations the allowed operations
 */
public record Grant(ResourceType resource, String name, PatternType pattern, Set<AclOperation> operations) {
    public Grant {
        operations = Set.copyOf(operations);
    }

    static Grant topic(String name, AclOperation... operations) {
        return new Grant(ResourceType.TOPIC, name, PatternType.LITERAL, Set.of(operations));
    }

    static Grant topics(String prefix, AclOperation... operations) {
        return new Grant(ResourceType.TOPIC, prefix, PatternType.PREFIXED, Set.of(operations));
    }

    /** The ACL of one of the operations for a user, from any host. */
    public AclBinding binding(String user, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(resource, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }
}
