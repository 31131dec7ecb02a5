package io.rondo.cli.plan;

import io.rondo.cli.check.Role;
import io.rondo.cli.rights.Grant;
import io.rondo.cli.rights.JobRights;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;

/**
 * The topics of a job with their settings, and the permissions of its users. All topics are created in advance, so no user
 * needs the permission to create any.
 *
 * @param topics names and settings
 * @param lastRound the job's last round
 * @param rights the permissions of each user, by name
 * @param trainers the users with quotas
 */
public record TopicPlan(JobTopics topics, int lastRound, Map<String, List<Grant>> rights, Set<String> trainers) {
    /** @param users the users of the roles, in the order of the plan */
    public static TopicPlan of(JobTopics topics, int lastRound, Map<String, Role> users) {
        Map<String, List<Grant>> rights = new LinkedHashMap<>();
        users.forEach((user, role) -> rights.put(
                user,
                JobRights.of(role, topics).stream()
                        .map(TopicPlan::withoutCreate)
                        .toList()));
        Set<String> trainers = users.keySet().stream()
                .filter(user -> users.get(user) == Role.TRAINER)
                .collect(Collectors.toSet());
        return new TopicPlan(topics, lastRound, rights, trainers);
    }

    /** Every topic, including those of all rounds. */
    public List<Topic> all() {
        List<Topic> all = new ArrayList<>(topics.fixed());
        for (int round = 0; round <= lastRound; round++) {
            all.add(topics.round(round));
        }
        return all;
    }

    private static Grant withoutCreate(Grant grant) {
        Set<AclOperation> left = EnumSet.copyOf(grant.operations());
        left.remove(AclOperation.CREATE);
        return new Grant(grant.resource(), grant.name(), grant.pattern(), left);
    }
}
