package io.rondo.aggregator.round;

import io.rondo.log.Sha256;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;

/**
 * Makes the decisions of a job: inputs and the time go in, decisions come out, in one order. Each decision is appended to
 * the outbox and then applied, so a restarted coordinator {@linkplain #replay replays} exactly what the live one applied.
 */
public final class Coordinator {
    /** Inputs held back before the job starts; more than a job's start can produce are refused. */
    private static final int MAX_HELD = 10_000;

    private final JobState state = new JobState();
    private final JobRules jobRules;
    private final Map<InputTopic, Long> seen = new EnumMap<>(InputTopic.class);
    private final List<Input> held = new ArrayList<>();
    private final RefusedRun refused = new RefusedRun();

    /**
     * @param job name of the job
     * @param partitions P, the partitions of its topics
     */
    public Coordinator(String job, int partitions) {
        this.jobRules = new JobRules(job, partitions);
    }

    /**
     * Applies a decision that is already in the log.
     *
     * @param bodyDigest SHA-256 of its Avro body as logged
     */
    public void replay(SpecificRecord decision, Sha256 bodyDigest) {
        state.apply(decision, bodyDigest);
    }

    /** The first offset of the topic whose input has no answer in the log, or must be read again for its contents. */
    public long unansweredFrom(InputTopic topic) {
        return state.readFrom(topic);
    }

    /** When the open round stops accepting updates, milliseconds since 1970; empty if none is open. */
    public OptionalLong deadline() {
        return state.phase() instanceof RoundPhase.Open open
                ? OptionalLong.of(state.dueAt(open))
                : OptionalLong.empty();
    }

    /** The last round that was opened, or -1. */
    public int lastRound() {
        return state.lastRound();
    }

    /** Whether the job is over, so that no further round opens. */
    public boolean isOver() {
        return state.status() == JobState.Status.FINISHED || state.status() == JobState.Status.ABORTED;
    }

    /** Chooses how records are answered that are refused from now on. */
    public void answerRefused(Answering how) {
        refused.answer(how);
    }

    /** Writes the answer to refused records that wait to be answered together, if any do. */
    public void settle(Outbox outbox) {
        refused.settle(state, outbox);
    }

    /** The most trainers that the job admits; 0 before it starts. */
    public int maxTrainers() {
        return state.status() == JobState.Status.AWAITED ? 0 : state.spec().getMaxTrainers();
    }

    /**
     * Answers an input. An input that is already answered, in the log or earlier here, is skipped.
     *
     * @param now the coordinator's clock, milliseconds since 1970
     */
    public void handle(Input input, long now, Outbox outbox) {
        if (isRepeated(input)) {
            return;
        }
        if (isAnswered(input)) {
            note(input);
            return;
        }
        if (mustWait(input)) {
            held.add(input);
            return;
        }
        new InputHandler(state, jobRules, refused, outbox, input, now).handle();
        if (state.isAlive() && !held.isEmpty()) {
            List<Input> waited = List.copyOf(held);
            held.clear();
            waited.forEach(earlier -> new InputHandler(state, jobRules, refused, outbox, earlier, now).handle());
        }
    }

    /** Takes a part of the closed round from an input that is already answered in the log: no decision contains it. */
    private void note(Input input) {
        if (input instanceof Input.Received received) {
            // an invalid one is already answered
            new PartNotes(state).note(received.value());
        }
    }

    /** Whether this coordinator has read the input before. */
    private boolean isRepeated(Input input) {
        if (input instanceof Input.Clock) {
            return false;
        }
        long last = seen.getOrDefault(topic(input), -1L);
        seen.put(topic(input), Math.max(last, input.source().getOffset()));
        return input.source().getOffset() <= last;
    }

    /** Whether the log has an answer to this input or to a later one of its topic. */
    private boolean isAnswered(Input input) {
        return !(input instanceof Input.Clock) && input.source().getOffset() <= state.answered(topic(input));
    }

    private static InputTopic topic(Input input) {
        return InputTopic.of(input.source().getTopic()).orElseThrow();
    }

    /** Manifests may be read before the command that starts the job: the two topics have no order between them. */
    private boolean mustWait(Input input) {
        return state.status() == JobState.Status.AWAITED
                && InputTopic.of(input.source().getTopic()).equals(Optional.of(InputTopic.MANIFESTS))
                && held.size() < MAX_HELD;
    }
}
