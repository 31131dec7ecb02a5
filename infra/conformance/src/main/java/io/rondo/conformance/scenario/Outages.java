package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.conformance.stage.Gate;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.Update;
import io.rondo.log.TrainerJoined;
import java.util.List;

/** A broker that does not acknowledge or is away, and a registry that is not there yet. */
final class Outages {
    private Outages() {}

    static List<Scenario> scenarios() {
        return List.of(
                must(
                        "manifest-after-acks",
                        "4, steps 8 and 9",
                        "no manifest before every chunk is acknowledged",
                        Outages::acknowledgements),
                must(
                        "registry-away",
                        "2",
                        "without a registry the trainer waits or ends with a failure, and joins when it is back",
                        Outages::registry),
                must("broker-away", "4, step 12", "after an outage of the broker the trainer goes on", Outages::broker)
                        .alone());
    }

    private static void acknowledgements(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.limits().refuseChunks(1);
        job.open(1);
        boolean ended = job.trainer().settle();
        int manifests = job.trainer().manifests(1).size();
        unless(
                manifests == 0,
                "%d manifests of round 1 were sent, though the broker took none of its chunks",
                manifests);
        job.limits().takeChunks(1);
        if (ended) {
            int code = job.trainer().awaitExit(trainer);
            unless(code != 0, "the trainer ended with exit code 0, though its chunks were refused");
            job.trainer().start();
            job.admit(job.trainer().awaitJoin());
        }
        Checks.whole(job.trainer().awaitUpdate(1));
    }

    private static void registry(Stage stage) {
        ScriptedJob job = stage.job();
        job.publish(0);
        try (Gate gate = new Gate(stage.cluster().connection().schemaRegistry())) {
            job.trainer().set("RONDO_SCHEMA_REGISTRY", gate.address());
            RunningTrainer trainer = job.trainer().start();
            boolean ended = job.trainer().settle();
            unless(job.trainer().sent(TrainerJoined.class).isEmpty(), "the trainer joined without asking the registry");
            gate.open();
            if (ended) {
                int code = job.trainer().awaitExit(trainer);
                unless(code != 0, "the trainer ended with exit code 0, though it could not reach the registry");
                job.trainer().start();
            }
            job.admit(job.trainer().awaitJoin());
            job.open(1);
            job.trainer().awaitUpdate(1);
        }
    }

    private static void broker(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.open(1);
        Update first = job.trainer().awaitUpdate(1);
        job.publish(1, first);
        stage.cluster().away(job.trainer()::idle);
        job.reconnect();
        if (!trainer.isAlive()) {
            int code = job.trainer().awaitExit(trainer);
            unless(code != 0, "the trainer ended with exit code 0 while the broker was away");
            job.trainer().start();
            job.admit(job.trainer().awaitJoin());
        }
        float[] expected = job.expected(2);
        job.open(2);
        Checks.same(2, expected, job.trainer().awaitUpdate(2));
    }
}
