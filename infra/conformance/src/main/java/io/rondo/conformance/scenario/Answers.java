package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.conformance.stage.Entry;
import io.rondo.conformance.stage.Overdue;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.ScriptedJob.Rejection;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.TrainerUnderTest;
import io.rondo.conformance.stage.Update;
import io.rondo.log.TrainerJoined;
import io.rondo.log.TrainerLeft;
import java.util.List;

/** What a trainer does when the aggregator answers. */
final class Answers {
    private static final String WHAT = "4, What answers what";

    private Answers() {}

    static List<Scenario> scenarios() {
        return List.of(
                must("idle-outside-cohort", WHAT, "who is not in the cohort sends nothing", Answers::idle),
                must(
                        "cohort-changes",
                        "4, step 10",
                        "a second RoundOpened of an open round counts for whom it names",
                        Answers::cohortChanges),
                must(
                        "rejected",
                        WHAT,
                        "an update refused for good is not sent again",
                        stage -> once(stage, "bad-weight")),
                must("duplicate-answer", WHAT, "'duplicate' asks for nothing", stage -> once(stage, "duplicate")),
                must("late-resent", WHAT, "a late update is sent again when its round is extended", Answers::late),
                must("damaged-resent", WHAT, "a damaged update is sent again, once", Answers::damaged),
                must("fenced", WHAT, "a fenced process stops, without TrainerLeft", Answers::fenced),
                must(
                        "superseded",
                        WHAT,
                        "who reads that another process was admitted under its id stops",
                        Answers::superseded),
                must("join-refused", WHAT, "a trainer whose join is refused stops", Answers::joinRefused),
                must(
                        "foreign-rejection",
                        WHAT,
                        "the rejection of an attempt that it has not sent is no answer",
                        Answers::foreignRejection),
                must(
                        "round-failed",
                        WHAT,
                        "after a failed round the next one starts from the same base",
                        Answers::failed),
                must("paused", WHAT, "a pause ends neither the open round nor the trainer", Answers::paused),
                must("aborted", WHAT, "JobAborted ends the trainer with a failure", Answers::aborted),
                must("absent-rejoins", "4, step 12", "who was removed as absent joins again", Answers::absent));
    }

    private static void idle(Stage stage) {
        ScriptedJob job = stage.job();
        job.begin();
        job.open(1, 0, ScriptedJob.OTHER);
        job.trainer().quiet();
        job.publish(1);
        job.open(2);
        job.trainer().awaitUpdate(2);
        Checks.nothingSent(job, 1, "whose cohort is others");
    }

    private static void cohortChanges(Stage stage) {
        ScriptedJob job = stage.job();
        job.begin();
        job.open(1, 0, ScriptedJob.OTHER);
        job.trainer().quiet();
        Checks.nothingSent(job, 1, "before its cohort named the trainer");
        job.open(1, 0, ScriptedJob.OTHER, TrainerUnderTest.ID);
        Checks.same(1, job.expected(1), job.trainer().awaitUpdate(1));
    }

    private static void once(Stage stage, String reason) {
        ScriptedJob job = stage.job();
        job.begin();
        job.open(1);
        job.reject(job.trainer().awaitUpdate(1), reason, Rejection.REFUSED);
        job.trainer().quiet();
        job.publish(1);
        job.open(2);
        job.trainer().awaitUpdate(2);
        Checks.manifests(job, 1, 1, "though the first was refused as '" + reason + "'");
    }

    private static void late(Stage stage) {
        ScriptedJob job = stage.job();
        job.begin();
        job.open(1);
        Update first = job.trainer().awaitUpdate(1);
        job.reject(first, "late", Rejection.REFUSED);
        job.trainer().quiet();
        Checks.manifests(job, 1, 1, "before the round was extended");
        job.extend(1);
        Checks.sameUpdate(first, job.trainer().awaitUpdate(1));
    }

    private static void damaged(Stage stage) {
        ScriptedJob job = stage.job();
        job.begin();
        job.open(1);
        Update first = job.trainer().awaitUpdate(1);
        job.reject(first, "bad-digest", Rejection.REVOKED);
        Update second = job.trainer().awaitUpdate(1);
        Checks.sameUpdate(first, second);
        job.reject(second, "bad-digest", Rejection.REVOKED);
        job.trainer().quiet();
        Checks.manifests(job, 1, 2, "though the second was damaged as well");
    }

    private static void fenced(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.open(1);
        job.reject(job.trainer().awaitUpdate(1), "fenced", Rejection.REFUSED);
        job.trainer().awaitExit(trainer);
        unless(job.trainer().sent(TrainerLeft.class).isEmpty(), "a fenced process sent TrainerLeft");
    }

    private static void superseded(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.admitAnother();
        job.trainer().awaitExit(trainer);
        unless(job.trainer().sent(TrainerLeft.class).isEmpty(), "a process that was replaced sent TrainerLeft");
    }

    private static void joinRefused(Stage stage) {
        ScriptedJob job = stage.job();
        job.publish(0);
        RunningTrainer trainer = job.trainer().start();
        job.refuseJoin(job.trainer().awaitJoin());
        int code = job.trainer().awaitExit(trainer);
        unless(code != 0, "the trainer ended with exit code 0, though its join was refused");
    }

    private static void foreignRejection(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.open(1);
        Update update = job.trainer().awaitUpdate(1);
        job.rejectForeign(update, "bad-digest");
        job.rejectForeign(update, "fenced");
        job.trainer().quiet();
        Overdue.require(trainer.isAlive(), "the trainer ended at the rejection of an attempt that it has not sent");
        job.publish(1, update);
        job.open(2);
        job.trainer().awaitUpdate(2);
        Checks.manifests(job, 1, 1, "though the attempt that was rejected is somebody else's");
    }

    private static void failed(Stage stage) {
        ScriptedJob job = stage.job();
        job.begin();
        job.open(1);
        job.trainer().awaitUpdate(1);
        job.fail(1);
        job.open(2);
        Update update = job.trainer().awaitUpdate(2);
        int base = update.manifest().record().getBaseRound();
        unless(base == 0, "baseRound of round 2 is %d, the last published round is 0", base);
        Checks.same(2, job.expected(2), update);
    }

    private static void paused(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.together(() -> {
            job.open(1);
            job.pause();
        });
        Update first = job.trainer().awaitUpdate(1);
        job.publish(1, first);
        job.trainer().quiet();
        Overdue.require(
                trainer.isAlive(),
                "the trainer ended while the job was paused%s",
                trainer.isAlive() ? "" : job.trainer().ending());
        job.resume();
        job.open(2);
        job.trainer().awaitUpdate(2);
    }

    private static void aborted(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        job.abort();
        int code = job.trainer().awaitExit(trainer);
        unless(code != 0, "the trainer ended with exit code 0");
    }

    private static void absent(Stage stage) {
        ScriptedJob job = stage.job();
        job.publish(0);
        job.trainer().start();
        Entry<TrainerJoined> joined = job.trainer().awaitJoin();
        job.admit(joined);
        job.remove(joined);
        Entry<TrainerJoined> again = job.trainer().awaitJoin();
        job.admit(again);
        job.open(1);
        String incarnation = job.trainer().awaitUpdate(1).manifest().record().getIncarnation();
        unless(
                incarnation.equals(again.record().getIncarnation()),
                "the update names incarnation '%s', the last join '%s'",
                incarnation,
                again.record().getIncarnation());
    }
}
