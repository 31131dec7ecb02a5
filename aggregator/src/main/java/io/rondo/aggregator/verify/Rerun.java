package io.rondo.aggregator.verify;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.LogDifference;
import io.rondo.aggregator.log.LoggedDecisions.Logged;
import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.log.Publications;
import io.rondo.aggregator.round.Answering;
import io.rondo.aggregator.round.Coordinator;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.Outbox;
import io.rondo.aggregator.round.SigningOutbox;
import io.rondo.log.DecisionHeader;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.RoundReopened;
import io.rondo.log.Sha256;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Recomputes all decisions of the job: a coordinator receives the logged inputs, and each of its decisions must equal the
 * next one in the log. The log contains every time that a decision depends on, so no clock is used.
 */
final class Rerun {
    private final List<Logged> decisions;
    private final LoggedInputs inputs;
    private final Publications publications;
    private final Coordinator coordinator;
    private final Map<InputTopic, Long> fed = new EnumMap<>(InputTopic.class);
    private int next;

    Rerun(JobLog log, List<Logged> decisions, LoggedInputs inputs, Publications publications) {
        this.decisions = decisions;
        this.inputs = inputs;
        this.publications = publications;
        this.coordinator = new Coordinator(log.topics().job(), log.topics().partitions());
    }

    /** Thrown through the coordinator: after the first difference, later decisions are meaningless. */
    private static final class Mismatch extends RuntimeException {
        private final LogDifference difference;

        Mismatch(LogDifference difference) {
            super(difference.what(), null, false, false);
            this.difference = difference;
        }
    }

    /** The first decision that does not follow from the records before it, if any. */
    Optional<LogDifference> firstDifference() {
        try {
            while (next < decisions.size()) {
                answerNext();
            }
            return Optional.empty();
        } catch (Mismatch mismatch) {
            return Optional.of(mismatch.difference);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return Optional.of(here("it cannot follow on those before it: " + e.getMessage()));
        }
    }

    private void answerNext() {
        int before = next;
        DecisionHeader header = decisions.get(next).header();
        Optional<InputTopic> topic = InputTopic.of(header.getSource().getTopic());
        boolean together =
                decisions.get(next).decision() instanceof InputRefused refused && refused.getFirstOffset() >= 0;
        coordinator.answerRefused(together ? Answering.TOGETHER : Answering.ALONE);
        Input input;
        if (topic.isPresent()) {
            long offset = header.getSource().getOffset();
            feedUpTo(topic.get(), offset);
            input = inputs.at(topic.get(), offset).orElseThrow(() -> new Mismatch(here("its source is not there")));
        } else {
            input = new Input.Clock(header.getDecidedAt());
        }
        coordinator.handle(input, now(header), outbox);
        if (next == before && together) {
            coordinator.settle(outbox);
        }
        if (next == before) {
            throw new Mismatch(here("nothing is to be decided from its source"));
        }
    }

    /** Passes the inputs of a topic before an answered one to the coordinator; none of them may need an answer. */
    private void feedUpTo(InputTopic topic, long offset) {
        long from = fed.getOrDefault(topic, 0L);
        for (Input input : inputs.between(topic, from, offset)) {
            coordinator.handle(input, 0, outbox);
        }
        fed.put(topic, Math.max(from, offset + 1));
    }

    /** The coordinator's clock at a decision: recorded in what it opened or extended. */
    private long now(DecisionHeader answered) {
        for (int i = next; i < decisions.size() && isSameAnswer(decisions.get(i).header(), answered); i++) {
            SpecificRecord decision = decisions.get(i).decision();
            if (decision instanceof RoundOpened opened) {
                return opened.getOpenedAt();
            } else if (decision instanceof RoundExtended extended) {
                return extended.getDeadline() - deadlineMs();
            } else if (decision instanceof RoundReopened reopened) {
                return reopened.getDeadline() - deadlineMs();
            }
        }
        return 0;
    }

    private static boolean isSameAnswer(DecisionHeader one, DecisionHeader other) {
        return one.getSource().equals(other.getSource()) && one.getDecidedAt() == other.getDecidedAt();
    }

    private long deadlineMs() {
        return inputs.all(InputTopic.COMMANDS).isEmpty()
                ? 0
                : publications.shape().spec().getDeadlineMs();
    }

    private final Outbox outbox = new Outbox() {
        @Override
        public Sha256 decide(SpecificRecord decision) {
            if (next == decisions.size()) {
                throw new Mismatch(LogDifference.of("the log ends before a decision that follows: " + name(decision)));
            }
            Logged logged = decisions.get(next);
            SpecificRecord unsigned = SigningOutbox.unsigned(logged.decision());
            if (!unsigned.equals(decision)) {
                throw new Mismatch(here(difference(unsigned, decision)));
            }
            next++;
            return logged.bodyDigest();
        }

        @Override
        public void tell(SpecificRecord decision) {
            // the copies are compared separately
        }

        @Override
        public Sha256 publish(RoundPublished published) {
            return publications
                    .of(published.getRound())
                    .map(logged -> {
                        SpecificRecord unsigned = SigningOutbox.unsigned(logged.record());
                        if (!unsigned.equals(published)) {
                            throw new Mismatch(LogDifference.of(difference(unsigned, published))
                                    .in(published.getRound())
                                    .at(publications.topic(), 0, logged.offset()));
                        }
                        return logged.bodyDigest();
                    })
                    .orElseThrow(() ->
                            new Mismatch(LogDifference.of("RoundPublished is not there, though the round is decided")
                                    .in(published.getRound())));
        }
    };

    private LogDifference here(String what) {
        Logged logged = decisions.get(next);
        LogDifference difference = LogDifference.of("decision " + next + " (" + name(logged.decision()) + "): " + what)
                .at(publications.decisions(), 0, logged.offset())
                .by(text(logged.decision(), "trainer"));
        Object round = field(logged.decision(), "round");
        return round instanceof Integer number ? difference.in(number) : difference;
    }

    private static String name(SpecificRecord record) {
        return record.getSchema().getName();
    }

    private static String text(SpecificRecord record, String name) {
        Object value = field(record, name);
        return value == null ? "" : value.toString();
    }

    private static Object field(SpecificRecord record, String name) {
        Schema.Field field = record.getSchema().getField(name);
        return field == null ? null : record.get(field.pos());
    }

    /** The first field in which two records differ. */
    private static String difference(SpecificRecord logged, SpecificRecord decided) {
        if (logged.getClass() != decided.getClass()) {
            return "a " + name(decided) + " follows here";
        }
        for (Schema.Field field : logged.getSchema().getFields()) {
            Object one = logged.get(field.pos());
            Object other = decided.get(field.pos());
            if (!Objects.equals(one, other)) {
                return one instanceof SpecificRecord inner && other instanceof SpecificRecord innerOther
                        ? field.name() + ": " + difference(inner, innerOther)
                        : field.name() + " is " + brief(one) + ", and " + brief(other) + " follows from its source";
            }
        }
        return "it is not equal to what follows from its source";
    }

    private static String brief(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }
}
