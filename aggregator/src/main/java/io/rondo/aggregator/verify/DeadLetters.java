package io.rondo.aggregator.verify;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.LoggedDecisions.Logged;
import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.DeadLetter;
import io.rondo.log.InputRefused;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.topic.Topic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** Compares the dead letters one by one with the refusals among the decisions. */
final class DeadLetters {
    private final JobLog log;
    private final List<LogDifference> differences = new ArrayList<>();
    private final Map<InputTopic, Map<Long, LogEntry>> refusedInputs = new HashMap<>();

    private DeadLetters(JobLog log) {
        this.log = log;
    }

    static List<LogDifference> compare(JobLog log, List<Logged> decisions, LoggedInputs inputs) {
        DeadLetters all = new DeadLetters(log);
        List<Logged> refusals = decisions.stream()
                .filter(logged -> isRefusal(logged.decision()))
                .toList();
        all.readRefused(refusals, inputs);
        List<LogEntry> letters = new ArrayList<>();
        log.history().read(log.topics().deadLetters().name(), 0, 0, letters::add);
        for (int i = 0; i < Math.min(letters.size(), refusals.size()) && all.differences.isEmpty(); i++) {
            all.compare(letters.get(i), refusals.get(i), inputs);
        }
        if (letters.size() != refusals.size() && all.differences.isEmpty()) {
            all.differences.add(
                    LogDifference.of(letters.size() + " dead letters for " + refusals.size() + " refusals"));
        }
        return all.differences;
    }

    private static boolean isRefusal(SpecificRecord decision) {
        return decision instanceof UpdateRejected || decision instanceof InputRefused;
    }

    /** A dead letter contains the refused record: only those records are read again and kept. */
    private void readRefused(List<Logged> refusals, LoggedInputs inputs) {
        for (InputTopic topic : InputTopic.values()) {
            Map<Long, LogEntry> entries = new HashMap<>();
            refusals.stream()
                    .map(logged -> logged.header().getSource())
                    .filter(source -> source.getTopic().equals(topic.id()))
                    .forEach(source -> entries.put(source.getOffset(), null));
            if (!entries.isEmpty()) {
                log.history().read(inputs.topic(topic).name(), 0, 0, entry -> {
                    if (entries.containsKey(entry.offset())) {
                        entries.put(entry.offset(), entry);
                    }
                });
            }
            refusedInputs.put(topic, entries);
        }
    }

    private void compare(LogEntry entry, Logged refusal, LoggedInputs inputs) {
        Topic topic = log.topics().deadLetters();
        if (!(log.codec().decode(topic.name(), entry.value()) instanceof Decoded.Readable readable)
                || !(readable.record() instanceof DeadLetter letter)) {
            differences.add(
                    LogDifference.of("the record is no readable dead letter").at(topic, 0, entry.offset()));
            return;
        }
        if (!letter.equals(expected(letter, entry, refusal, inputs))) {
            differences.add(LogDifference.of("the dead letter is not that of decision "
                            + refusal.header().getSequence())
                    .at(topic, 0, entry.offset()));
        }
    }

    /** The dead letter that the refusal produces; its timestamp is that of the refused record. */
    private DeadLetter expected(DeadLetter found, LogEntry entry, Logged refusal, LoggedInputs inputs) {
        DeadLetter.Builder letter = DeadLetter.newBuilder(found)
                .setAt(entry.timestamp())
                .setPartition(0)
                .setOffset(refusal.header().getSource().getOffset())
                .setRecords(1)
                .setFirstOffset(-1);
        InputTopic.of(refusal.header().getSource().getTopic()).ifPresent(topic -> {
            LogEntry source =
                    refusedInputs.get(topic).get(refusal.header().getSource().getOffset());
            letter.setTopic(inputs.topic(topic).name());
            if (source != null) {
                letter.setKey(start(source.key(), found.getKey())).setValue(start(source.value(), found.getValue()));
            }
        });
        if (refusal.decision() instanceof UpdateRejected rejected) {
            letter.setReason(rejected.getReason())
                    .setDetail(rejected.getDetail())
                    .setRound(rejected.getRound())
                    .setTrainer(rejected.getTrainer())
                    .setAttempt(rejected.getAttempt());
        } else {
            InputRefused refused = (InputRefused) refusal.decision();
            letter.setReason(refused.getReason())
                    .setDetail(refused.getDetail())
                    .setRound(refused.getRound())
                    .setTrainer(refused.getTrainer())
                    .setAttempt("")
                    .setRecords(refused.getRecords())
                    .setFirstOffset(refused.getFirstOffset());
            if (refused.getFirstOffset() >= 0) {
                letter.setKey(null).setValue(null);
            }
        }
        return letter.build();
    }

    /** The source as far as the letter holds it: long ones are truncated. */
    private static ByteBuffer start(byte[] source, ByteBuffer found) {
        if (source == null) {
            return null;
        }
        int length = found == null ? source.length : Math.min(source.length, found.remaining());
        return ByteBuffer.wrap(Arrays.copyOf(source, length));
    }
}
