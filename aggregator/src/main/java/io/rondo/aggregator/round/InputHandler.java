package io.rondo.aggregator.round;

import java.util.Optional;

/**
 * Answers one input at one moment: first the decision on the input itself, then every decision that follows from the state.
 */
final class InputHandler {
    private final Input input;
    private final DecisionWriter writer;
    private final RoundSteps steps;
    private final CommandHandler commands;
    private final TrainerHandler trainers;
    private final PartHandler parts;
    private final SignatureRules signatures;

    /** @param now milliseconds since 1970 */
    InputHandler(JobState state, JobRules jobRules, RefusedRun run, Outbox outbox, Input input, long now) {
        this.input = input;
        this.writer = new DecisionWriter(state, run, outbox, input);
        this.steps = new RoundSteps(state, writer, now);
        this.commands = new CommandHandler(state, jobRules, writer);
        this.trainers = new TrainerHandler(state, writer, steps);
        this.parts = new PartHandler(state, writer);
        this.signatures = new SignatureRules(state);
    }

    /** Decides on it. */
    void handle() {
        if (!input.source().getTopic().equals(InputTopic.MANIFESTS.id())) {
            writer.settle();
        }
        if (input instanceof Input.Received received) {
            if (received.topic() == InputTopic.PARTS) {
                parts.to(received.value());
            } else {
                answer(received);
            }
        } else if (input instanceof Input.Unreadable unreadable) {
            writer.refuse(unreadable.reason(), unreadable.detail());
        } else {
            steps.passDeadline();
        }
        // a refusal changes nothing, so nothing follows from it
        boolean followed = !writer.hasJoined();
        while (followed) {
            followed = steps.followUp();
        }
    }

    private void answer(Input.Received received) {
        Optional<Refusal> unsigned = signatures.refusal(received.value());
        if (unsigned.isPresent()) {
            writer.refuse(unsigned.get());
            return;
        }
        signatures.sequence(received.value()).ifPresent(writer::genuine);
        if (received.topic() == InputTopic.COMMANDS) {
            commands.to(received.value());
        } else {
            trainers.to(received.value());
        }
    }
}
