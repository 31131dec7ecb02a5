package io.rondo.bench;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.LogReader;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/** What the log says of each round: the decisions that a fold follows, and what was published. Does not change. */
final class RoundLog {
    private final List<SpecificRecord> start = new ArrayList<>();
    private final Map<Integer, List<SpecificRecord>> decisions = new HashMap<>();
    private final Map<Integer, RoundPublished> published = new HashMap<>();

    private RoundLog() {}

    static RoundLog read(LogConnection connection, RecordCodec codec, JobTopics topics) {
        RoundLog log = new RoundLog();
        try (DecisionLog reader = new DecisionLog(connection, codec, topics)) {
            reader.readToEnd(log::take);
        }
        String rounds = topics.rounds().name();
        try (LogReader reader = LogReader.open(connection, Map.of(new TopicPartition(rounds, 0), 0L))) {
            reader.readToEnd(record -> log.takePublished(codec.require(rounds, record.value(), SpecificRecord.class)));
        }
        return log;
    }

    private void take(SpecificRecord decision) {
        switch (DecisionKind.of(decision)) {
            case JOB_STARTED -> start.add(decision);
            case ROUND_OPENED -> add(((RoundOpened) decision).getRound(), decision);
            case UPDATE_ACCEPTED -> add(((UpdateAccepted) decision).getRound(), decision);
            case ROUND_CLOSED -> add(((RoundClosed) decision).getRound(), decision);
            // rounds of a benchmark have nothing else that a fold goes by
            default -> {}
        }
    }

    private void add(int round, SpecificRecord decision) {
        decisions.computeIfAbsent(round, key -> new ArrayList<>()).add(decision);
    }

    private void takePublished(SpecificRecord record) {
        if (record instanceof RoundPublished publication) {
            published.put(publication.getRound(), publication);
        }
    }

    /** All that a fold has to follow to fold this round alone. */
    List<SpecificRecord> decisions(int round) {
        List<SpecificRecord> all = new ArrayList<>(start);
        all.addAll(decisions.getOrDefault(round, List.of()));
        return all;
    }

    RoundPublished published(int round) {
        return published.get(round);
    }
}
