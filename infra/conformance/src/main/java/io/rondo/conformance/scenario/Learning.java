package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.scenario.Scenario.should;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.stage.NotApplicable;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.log.JobSpec;
import io.rondo.schemas.tensor.Tensor;
import java.util.List;

/**
 * Training that changes values, in jobs that are alike but for one thing: what a trainer keeps or resets shows in what it sends. All is
 * shared but A, so that A alone can make a difference, or all is shared.
 */
final class Learning {
    /** Round 2 of trainers that did not see round 1. */
    private record Fresh(Tensor start, Tensor one, Tensor other) {
        boolean isDeterministic() {
            return one.equals(other);
        }
    }

    private Learning() {}

    static List<Scenario> scenarios() {
        return List.of(
                should("same-seed", "4, step 6", "the same seed, values and data give the same bytes", stage -> {
                    Fresh fresh = fresh(stage);
                    Checks.same("two runs of the same round differ", fresh.one.values(), fresh.other.values());
                }),
                must(
                        "trains",
                        "4, step 6",
                        "a round changes what is shared",
                        stage -> unless(
                                !fresh(stage).start.equals(fresh(stage).one),
                                "the update has the published values, under a learning rate that changes them")),
                must(
                        "own-factor-kept",
                        "4, What to overwrite",
                        "under fed-alora A stays the trainer's own after round 0",
                        Learning::ownFactor),
                must(
                        "failed-round-undone",
                        "4, What to overwrite",
                        "what a failed round left in shared tensors is overwritten",
                        Learning::failedRound));
    }

    private static void keepingA(JobSpec.Builder spec) {
        spec.setMethod("fed-alora").setHead("shared");
    }

    private static void sharingAll(JobSpec.Builder spec) {
        spec.setMethod("fedit").setHead("shared");
    }

    private static Fresh fresh(Stage stage) {
        return stage.once(Fresh.class, playing -> {
            ScriptedJob one = freshJob(playing);
            ScriptedJob other = freshJob(playing);
            return new Fresh(
                    Checks.vector(one.expected(2)),
                    Checks.vector(one.trainer().awaitUpdate(2).values()),
                    Checks.vector(other.trainer().awaitUpdate(2).values()));
        });
    }

    private static ScriptedJob freshJob(Stage stage) {
        ScriptedJob job = stage.learningJob(Learning::keepingA);
        job.begin();
        job.pass(1);
        job.open(2);
        return job;
    }

    private static void ownFactor(Stage stage) {
        requireDeterministic(stage);
        ScriptedJob job = stage.learningJob(Learning::keepingA);
        job.begin();
        job.open(1);
        job.publish(1, job.trainer().awaitUpdate(1));
        job.open(2);
        unless(
                !Checks.vector(job.trainer().awaitUpdate(2).values()).equals(fresh(stage).one),
                "round 2 gives what a trainer without round 1 gives: A was set back to that of round 0");
    }

    private static void failedRound(Stage stage) {
        requireDeterministic(stage);
        ScriptedJob fresh = stage.learningJob(Learning::sharingAll);
        fresh.begin();
        fresh.open(1, 0, ScriptedJob.OTHER);
        fresh.fail(1);
        fresh.open(2);
        float[] expected = fresh.trainer().awaitUpdate(2).values();
        ScriptedJob job = stage.learningJob(Learning::sharingAll);
        job.begin();
        job.open(1);
        job.trainer().awaitUpdate(1);
        job.fail(1);
        job.open(2);
        Checks.same(
                "round 2 starts from what the failed round 1 left, not from its base",
                expected,
                job.trainer().awaitUpdate(2).values());
    }

    private static void requireDeterministic(Stage stage) {
        if (!fresh(stage).isDeterministic()) {
            throw new NotApplicable(
                    "the same seed gives other values at each run, so that two runs cannot be compared");
        }
    }
}
