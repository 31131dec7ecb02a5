package io.rondo.cli.check;

import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/** The roles in a job, and the permissions that each needs. */
public enum Role {
    /** Decides and folds. */
    AGGREGATOR,
    /** Trains. */
    TRAINER,
    /** Submits, steers, reads and verifies. */
    OPERATOR;

    private static final Set<AclOperation> READ = EnumSet.of(AclOperation.DESCRIBE, AclOperation.READ);
    private static final Set<AclOperation> WRITE = EnumSet.of(AclOperation.DESCRIBE, AclOperation.WRITE);
    private static final Set<AclOperation> BOTH =
            EnumSet.of(AclOperation.DESCRIBE, AclOperation.READ, AclOperation.WRITE);

    /** Whether it creates topics: the aggregator those of rounds, the operator those of jobs. */
    boolean createsTopics() {
        return this != TRAINER;
    }

    /** Whether it registers schemas. */
    boolean registersSchemas() {
        return this != TRAINER;
    }

    /** Its operations on each topic of a job; round 0 represents all round topics. */
    public Map<Topic, Set<AclOperation>> needs(JobTopics topics) {
        Map<Topic, Set<AclOperation>> needs = new LinkedHashMap<>();
        switch (this) {
            case AGGREGATOR -> {
                needs.put(topics.commands(), READ);
                needs.put(topics.manifests(), READ);
                needs.put(topics.decisions(), BOTH);
                needs.put(topics.parts(), BOTH);
                needs.put(topics.globalAdapter(), BOTH);
                needs.put(topics.rounds(), WRITE);
                needs.put(topics.deadLetters(), WRITE);
                needs.put(topics.round(0), READ);
            }
            case TRAINER -> {
                needs.put(topics.commands(), READ);
                needs.put(topics.rounds(), READ);
                needs.put(topics.globalAdapter(), READ);
                needs.put(topics.manifests(), WRITE);
                needs.put(topics.round(0), WRITE);
            }
            case OPERATOR -> {
                topics.fixed().forEach(topic -> needs.put(topic, READ));
                needs.put(topics.commands(), BOTH);
                needs.put(topics.manifests(), BOTH);
                needs.put(topics.round(0), BOTH);
            }
        }
        return needs;
    }
}
