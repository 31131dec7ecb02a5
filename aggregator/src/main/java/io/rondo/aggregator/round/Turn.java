package io.rondo.aggregator.round;

/**
 * The answers to one input, at one moment: what the input itself decides, then what follows from the state until nothing
 * more follows.
 */
final class Turn {
    private final Input input;
    private final Answer answer;
    private final RoundSteps steps;
    private final CommandAnswers commands;
    private final TrainerAnswers trainers;
    private final PartAnswers parts;

    /** @param now milliseconds since 1970 */
    Turn(JobState state, JobRules jobRules, Outbox outbox, Input input, long now) {
        this.input = input;
        this.answer = new Answer(state, outbox, input);
        this.steps = new RoundSteps(state, answer, now);
        this.commands = new CommandAnswers(state, jobRules, answer);
        this.trainers = new TrainerAnswers(state, answer, steps);
        this.parts = new PartAnswers(state, answer);
    }

    /** Decides on it. */
    void answer() {
        if (input instanceof Input.Received received) {
            switch (received.topic()) {
                case COMMANDS -> commands.to(received.value());
                case MANIFESTS -> trainers.to(received.value());
                case PARTS -> parts.to(received.value());
            }
        } else if (input instanceof Input.Unreadable unreadable) {
            answer.refuse(unreadable.reason(), unreadable.detail());
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
