package io.rondo.aggregator.round;

/**
 * The answers to one input, at one moment: what the input itself decides, then what follows from the state until nothing
 * more follows.
 */
final class InputHandler {
    private final Input input;
    private final DecisionWriter writer;
    private final RoundSteps steps;
    private final CommandHandler commands;
    private final TrainerHandler trainers;
    private final PartHandler parts;

    /** @param now milliseconds since 1970 */
    InputHandler(JobState state, JobRules jobRules, Outbox outbox, Input input, long now) {
        this.input = input;
        this.writer = new DecisionWriter(state, outbox, input);
        this.steps = new RoundSteps(state, writer, now);
        this.commands = new CommandHandler(state, jobRules, writer);
        this.trainers = new TrainerHandler(state, writer, steps);
        this.parts = new PartHandler(state, writer);
    }

    /** Decides on it. */
    void handle() {
        if (input instanceof Input.Received received) {
            switch (received.topic()) {
                case COMMANDS -> commands.to(received.value());
                case MANIFESTS -> trainers.to(received.value());
                case PARTS -> parts.to(received.value());
            }
        } else if (input instanceof Input.Unreadable unreadable) {
            writer.refuse(unreadable.reason(), unreadable.detail());
        } else {
            steps.passDeadline();
        }
        boolean followed = true;
        while (followed) {
            followed = steps.followUp();
        }
    }

    /** Takes from an input that is answered in the log what no decision holds: a part of the closed round. */
    void note() {
        if (input instanceof Input.Received received) {
            // one that is wrong has its answer
            parts.note(received.value());
        }
    }
}
