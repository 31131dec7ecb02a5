package io.rondo.aggregator.simulation;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.AbortRequested;
import io.rondo.log.PauseRequested;
import io.rondo.log.ResumeRequested;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundPublished;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.adapter.RejectionReason;
import org.apache.avro.specific.SpecificRecord;

/** Submits the job with its first adapter, and meddles with it. */
final class SimulatedOperator implements Actor {
    private final World world;
    private boolean submitted;
    private boolean paused;
    private Upload upload;
    private boolean firstRoundIsOver;
    private long followed;

    SimulatedOperator(World world) {
        this.world = world;
        this.upload = new Upload(world, Identifiers.SUBMITTER, "", 0, -1);
    }

    @Override
    public boolean isReady() {
        return !submitted || upload != null || world.topics.rounds.hasFrom(followed) || (paused && world.dice.isCalm());
    }

    @Override
    public void step() {
        if (!submitted && (world.dice.oneIn(3) || upload == null)) {
            command(world.job.submitted());
            submitted = true;
        } else if (paused && (world.dice.isCalm() || world.dice.oneIn(5))) {
            command(new ResumeRequested(TestJob.UUID, "", world.now(), null));
            paused = false;
        } else if (world.dice.faultOneIn(20)) {
            meddle();
        } else if (upload == null) {
            follow();
        } else if (upload.isWritten()) {
            upload.sendManifest();
            upload = null;
        } else {
            upload.writeSome();
        }
    }

    /** Gives up a job that need not end of itself. */
    void abort() {
        command(new AbortRequested(TestJob.UUID, "", world.now(), null));
    }

    private void meddle() {
        if (world.dice.oneIn(10)) {
            abort();
        } else if (world.dice.oneIn(3)) {
            InputTopic topic = world.dice.oneIn(2) ? InputTopic.COMMANDS : InputTopic.PARTS;
            world.topics.appendNoise(topic, world.now());
            world.tell(() -> "somebody writes noise to the " + topic.id());
        } else if (world.dice.oneIn(3)) {
            command(world.job.submitted());
            submitted = true;
        } else {
            command(new PauseRequested(TestJob.UUID, "", world.now(), null));
            paused = true;
        }
    }

    private void command(SpecificRecord command) {
        long offset = world.topics.append(InputTopic.COMMANDS, command, world.now());
        world.tell(() -> "the operator sends " + command.getSchema().getName() + " as " + offset);
    }

    private void follow() {
        world.topics.rounds.read(followed, entry -> {
            followed = entry.offset() + 1;
            if (entry.value() instanceof RoundPublished || entry.value() instanceof RoundFailed) {
                firstRoundIsOver = true;
            } else if (entry.value() instanceof UpdateRejected rejected
                    && rejected.getTrainer().equals(Identifiers.SUBMITTER)
                    && !firstRoundIsOver
                    && !rejected.getReason().equals(RejectionReason.DUPLICATE.id())) {
                upload = new Upload(world, Identifiers.SUBMITTER, "", 0, -1);
            }
        });
    }
}
