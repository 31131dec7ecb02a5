package io.rondo.cli.rights;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.rondo.cli.check.Role;
import io.rondo.schemas.topic.JobTopics;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** The least permissions of each role on one job. */
public final class JobRights {
    private JobRights() {}

    /** The permissions of a role. */
    public static List<Grant> of(Role role, JobTopics topics) {
        return switch (role) {
            case TRAINER -> trainer(topics);
            case AGGREGATOR -> aggregator(topics);
            case OPERATOR -> operator(topics);
        };
    }

    /** The same as ACLs of a user. */
    public static List<AclBinding> bindings(String user, Role role, JobTopics topics) {
        return of(role, topics).stream()
                .flatMap(grant -> grant.operations().stream().sorted().map(operation -> grant.binding(user, operation)))
                .toList();
    }

    /**
     * No permission to create topics or use transactional ids: a transaction left open on manifests would block every
     * reader.
     */
    private static List<Grant> trainer(JobTopics topics) {
        return List.of(
                Grant.topic(topics.commands().name(), READ),
                Grant.topic(topics.rounds().name(), READ),
                Grant.topic(topics.globalAdapter().name(), READ),
                Grant.topic(topics.manifests().name(), WRITE),
                Grant.topics(topics.roundPrefix(), WRITE));
    }

    private static List<Grant> aggregator(JobTopics topics) {
        return List.of(
                Grant.topic(topics.commands().name(), READ),
                Grant.topic(topics.manifests().name(), READ),
                Grant.topics(topics.roundPrefix(), READ, CREATE),
                Grant.topic(topics.decisions().name(), READ, WRITE),
                Grant.topic(topics.parts().name(), READ, WRITE),
                Grant.topic(topics.globalAdapter().name(), READ, WRITE),
                Grant.topic(topics.rounds().name(), WRITE),
                Grant.topic(topics.deadLetters().name(), WRITE),
                Grant.topics(topics.prefix(), DESCRIBE_CONFIGS),
                new Grant(ResourceType.GROUP, topics.applicationId(), PatternType.LITERAL, Set.of(READ)),
                new Grant(
                        ResourceType.TRANSACTIONAL_ID,
                        topics.applicationId(),
                        PatternType.PREFIXED,
                        Set.of(WRITE, DESCRIBE)));
    }

    /** DELETE is for archived rounds, and for removing the topics of a failed submission. */
    private static List<Grant> operator(JobTopics topics) {
        return List.of(
                Grant.topics(topics.prefix(), READ, CREATE, DELETE, DESCRIBE_CONFIGS),
                Grant.topic(topics.commands().name(), WRITE),
                Grant.topic(topics.manifests().name(), WRITE),
                Grant.topic(topics.round(0).name(), WRITE));
    }
}
