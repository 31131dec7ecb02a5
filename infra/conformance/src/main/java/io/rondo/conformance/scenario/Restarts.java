package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.conformance.stage.Entry;
import io.rondo.conformance.stage.Overdue;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.Update;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import java.util.List;

/** A trainer that is killed or stopped, and starts again on its state. */
final class Restarts {
    private static final String STEP_7 = "4, step 7";
    /** Sixteen values: so many chunks that a kill comes between two of them. */
    private static final int SMALL_CHUNK = 64;

    /** An update before a kill and the one after it. */
    private record Killed(Entry<TrainerJoined> joined, Update before, Entry<TrainerJoined> joinedAgain, Update after) {}

    private Restarts() {}

    static List<Scenario> scenarios() {
        return List.of(
                must("fresh-incarnation", "4, step 2", "each process joins under an incarnation of its own", stage -> {
                    Killed played = killedAfterManifest(stage);
                    String first = played.joined.record().getIncarnation();
                    unless(
                            !first.equals(played.joinedAgain.record().getIncarnation()),
                            "both processes joined as '%s'",
                            first);
                    unless(
                            played.after
                                    .manifest()
                                    .record()
                                    .getIncarnation()
                                    .equals(played.joinedAgain.record().getIncarnation()),
                            "the update after the restart names incarnation '%s'",
                            played.after.manifest().record().getIncarnation());
                }),
                must("fresh-attempt", STEP_7, "what is sent again after a restart has a fresh attempt", stage -> {
                    Killed played = killedAfterManifest(stage);
                    unless(
                            !played.before.attempt().equals(played.after.attempt()),
                            "both uploads have the attempt '%s'",
                            played.before.attempt());
                }),
                must("trained-once", STEP_7, "a round is not trained again after a restart", stage -> {
                    Killed played = killedAfterManifest(stage);
                    Checks.same(
                            "the update after a restart has other values",
                            played.before.values(),
                            played.after.values());
                }),
                must("killed-in-training", STEP_7, "a kill before the upload loses no round", Restarts::before),
                must("killed-during-upload", STEP_7, "a kill between two chunks loses no round", Restarts::during),
                must("stopped", "4, step 11", "SIGTERM ends the trainer with TrainerLeft", Restarts::stopped),
                must(
                        "missed-rounds",
                        "4, step 3",
                        "who was away goes on with the last adapter and skips what is over",
                        Restarts::missed));
    }

    private static Killed killedAfterManifest(Stage stage) {
        return stage.once(Killed.class, Restarts::script);
    }

    private static Killed script(Stage stage) {
        ScriptedJob job = stage.learningJob(spec -> {});
        job.publish(0);
        RunningTrainer trainer = job.trainer().start();
        Entry<TrainerJoined> joined = job.trainer().awaitJoin();
        job.admit(joined);
        job.open(1);
        Update before = job.trainer().awaitUpdate(1);
        trainer.kill();
        job.trainer().start();
        Entry<TrainerJoined> again = job.trainer().awaitJoin();
        job.admit(again);
        return new Killed(joined, before, again, job.trainer().awaitUpdate(1));
    }

    private static void before(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.open(1);
        trainer.kill();
        goesOn(job);
    }

    private static void during(Stage stage) {
        ScriptedJob job = stage.job(spec -> spec.setChunkBytes(SMALL_CHUNK));
        RunningTrainer trainer = job.begin();
        job.open(1);
        long deadline = System.nanoTime() + job.pace().patience().toNanos();
        while (job.trainer().chunks(1).isEmpty()) {
            Overdue.require(trainer.isAlive(), "the trainer ended before it sent a chunk");
            Overdue.require(System.nanoTime() < deadline, "no chunk of round 1 came");
        }
        trainer.kill();
        goesOn(job);
    }

    /** The process after a kill sends the round's update, whole, and takes part in the next one. */
    private static void goesOn(ScriptedJob job) {
        int sentBefore = job.trainer().manifests(1).size();
        job.trainer().start();
        job.admit(job.trainer().awaitJoin());
        Update update = job.trainer().awaitUpdate(1);
        if (sentBefore > 0) {
            // the kill came after the manifest; the new process sends its own
            update = job.trainer().awaitUpdate(1);
        }
        Checks.whole(update);
        Checks.same(1, job.expected(1), update);
        job.publish(1, update);
        job.open(2);
        Checks.whole(job.trainer().awaitUpdate(2));
    }

    private static void stopped(Stage stage) {
        ScriptedJob job = stage.job();
        job.publish(0);
        RunningTrainer trainer = job.trainer().start();
        Entry<TrainerJoined> joined = job.trainer().awaitJoin();
        job.admit(joined);
        job.open(1);
        job.publish(1, job.trainer().awaitUpdate(1));
        trainer.terminate();
        job.trainer().awaitExit(trainer);
        List<TrainerLeft> left = job.trainer().sent(TrainerLeft.class);
        Overdue.require(
                !left.isEmpty(), "there is no TrainerLeft%s", job.trainer().ending());
        unless(
                left.get(0).getIncarnation().equals(joined.record().getIncarnation()),
                "TrainerLeft names incarnation '%s', the process joined as '%s'",
                left.get(0).getIncarnation(),
                joined.record().getIncarnation());
    }

    private static void missed(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.open(1);
        job.publish(1, job.trainer().awaitUpdate(1));
        trainer.kill();
        job.open(2);
        job.publish(2);
        job.trainer().start();
        Entry<TrainerJoined> again = job.trainer().awaitJoin();
        job.admit(again);
        job.open(3);
        Update update = job.trainer().awaitUpdate(3);
        Checks.same(3, job.expected(3), update);
        Checks.nothingSent(job, 2, "which was over");
    }
}
