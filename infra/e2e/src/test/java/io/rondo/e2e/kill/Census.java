package io.rondo.e2e.kill;

import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.aggregator.verify.Verifier;
import io.rondo.log.AdapterChunk;
import io.rondo.log.CohortMember;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/** Counts, from the log alone, what a job has lost, has twice, or cannot work out again to the same bits. */
final class Census {
    /** @param round the round that it is about, or -1 */
    record Finding(int round, String what) {
        boolean isWithin(int first, int last) {
            return round >= first && round <= last;
        }
    }

    private final List<Finding> lost = new ArrayList<>();
    private final List<Finding> duplicated = new ArrayList<>();
    private final List<Finding> different = new ArrayList<>();

    private final Map<Integer, Long> deadlines = new HashMap<>();
    private final Map<Integer, List<RoundPublished>> published = new TreeMap<>();
    private final Map<String, UpdateManifest> accepted = new HashMap<>();
    private final Map<String, UpdateRejected> rejected = new HashMap<>();

    private Census() {}

    /** Takes it of a job whose last round is published. */
    static Census of(LogConnection connection, JobTopics topics) {
        Census census = new Census();
        try (RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            read(connection, codec, topics.decisions(), 0, (decision, at) -> census.decision(decision));
            read(connection, codec, topics.rounds(), 0, (record, at) -> census.round(record));
            read(connection, codec, topics.manifests(), 0, census::manifest);
            for (int partition = 0; partition < topics.partitions(); partition++) {
                Set<String> seen = new HashSet<>();
                read(connection, codec, topics.globalAdapter(), partition, (chunk, at) -> census.chunk(chunk, seen));
            }
        }
        census.compare();
        census.verify(Verifier.verify(connection, topics.job()));
        return census;
    }

    private static void read(
            LogConnection connection,
            RecordCodec codec,
            Topic topic,
            int partition,
            ObjLongConsumer<SpecificRecord> records) {
        try (LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(topic.name(), partition), 0L))) {
            reader.readToEnd(record -> records.accept(
                    codec.require(topic.name(), record.value(), SpecificRecord.class), record.timestamp()));
        }
    }

    private void decision(SpecificRecord decision) {
        if (decision instanceof RoundOpened opened) {
            deadlines.put(opened.getRound(), opened.getDeadline());
        } else if (decision instanceof RoundExtended extended) {
            deadlines.put(extended.getRound(), extended.getDeadline());
        } else if (decision instanceof RoundReopened reopened) {
            deadlines.put(reopened.getRound(), reopened.getDeadline());
        } else if (decision instanceof UpdateAccepted update) {
            UpdateManifest manifest = update.getManifest();
            if (accepted.put(manifest.getAttempt(), manifest) != null) {
                duplicated.add(new Finding(manifest.getRound(), "accepted twice: " + manifest.getAttempt()));
            }
        } else if (decision instanceof UpdateRejected rejection) {
            rejected.put(rejection.getAttempt(), rejection);
        }
    }

    private void round(SpecificRecord record) {
        if (record instanceof RoundPublished publication) {
            published
                    .computeIfAbsent(publication.getRound(), round -> new ArrayList<>())
                    .add(publication);
        }
    }

    /** Each update that a trainer was promised is answered, and as late only what came late. */
    private void manifest(SpecificRecord record, long appendedAt) {
        if (!(record instanceof UpdateManifest manifest)) {
            return;
        }
        UpdateRejected rejection = rejected.get(manifest.getAttempt());
        if (!accepted.containsKey(manifest.getAttempt()) && rejection == null) {
            lost.add(new Finding(manifest.getRound(), "never decided: " + manifest.getAttempt()));
        } else if (rejection != null
                && rejection.getReason().equals("late")
                && appendedAt <= deadlines.getOrDefault(manifest.getRound(), -1L)) {
            lost.add(new Finding(manifest.getRound(), "on time, and called late: " + manifest.getAttempt()));
        }
    }

    private void chunk(SpecificRecord record, Set<String> seen) {
        AdapterChunk chunk = (AdapterChunk) record;
        String id = chunk.getRound() + "/" + chunk.getRevision() + "/" + chunk.getOrdinal();
        if (!seen.add(id)) {
            duplicated.add(new Finding(chunk.getRound(), "chunk " + id));
        }
    }

    private void compare() {
        deadlines.keySet().forEach(round -> {
            int times = published.getOrDefault(round, List.of()).size();
            if (times == 0) {
                lost.add(new Finding(round, "round " + round + " is not published"));
            } else if (times > 1) {
                duplicated.add(new Finding(round, "round " + round + " is published " + times + " times"));
            }
        });
        Set<String> folded = new HashSet<>();
        published
                .values()
                .forEach(publications -> publications.forEach(publication -> {
                    publication.getMembers().stream()
                            .map(CohortMember::getAttempt)
                            .forEach(folded::add);
                    Set<String> trainers = publication.getMembers().stream()
                            .map(CohortMember::getTrainer)
                            .collect(Collectors.toSet());
                    if (trainers.size() < publication.getMembers().size()) {
                        duplicated.add(new Finding(publication.getRound(), "a trainer counts twice"));
                    }
                }));
        accepted.forEach((attempt, manifest) -> {
            boolean isRevoked =
                    rejected.containsKey(attempt) && rejected.get(attempt).getRevoked();
            if (!isRevoked && !folded.contains(attempt)) {
                lost.add(new Finding(manifest.getRound(), "accepted, and not in its round: " + attempt));
            }
        });
    }

    private void verify(VerificationReport report) {
        report.differences()
                .forEach(difference -> different.add(new Finding(difference.round(), difference.toString())));
        report.rounds().stream()
                .filter(round -> !round.isIdentical())
                .map(round -> new Finding(round.round(), problem(round)))
                .forEach(different::add);
    }

    private static String problem(RoundVerification round) {
        return "round " + round.round() + ": " + round.problem();
    }

    List<Finding> lost() {
        return lost;
    }

    List<Finding> duplicated() {
        return duplicated;
    }

    List<Finding> different() {
        return different;
    }
}
