package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.Task;
import io.rondo.conformance.stage.Update;
import io.rondo.log.TrainerJoined;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import java.util.ArrayList;
import java.util.List;

/** When a trainer may join, and in which state. */
final class Joining {
    private static final int DIGEST = 64;

    private Joining() {}

    static List<Scenario> scenarios() {
        return List.of(
                must("wrong-layout", "3", "no join where the layout's digest differs from the job's", Joining::layout),
                must(
                        "wrong-model",
                        "3",
                        "no join where the base model's digest differs from the job's",
                        stage -> refuses(stage.job(spec -> spec.setModelDigest("0".repeat(DIGEST))))),
                must(
                        "late-joiner",
                        "4, step 3",
                        "who comes late starts from the last adapter and sends nothing for rounds that are over",
                        Joining::late));
    }

    private static void layout(Stage stage) {
        Task task = stage.tasks().small();
        List<TensorShape> more = new ArrayList<>(task.layout().tensors());
        more.add(new TensorShape("base_model.model.conformance.weight", TensorRole.HEAD, 3));
        refuses(stage.job(
                new Task(task.spec(), new AdapterLayout(more), task.train(), task.test(), task.examples()),
                spec -> {}));
    }

    private static void refuses(ScriptedJob job) {
        job.publish(0);
        job.trainer().start();
        job.trainer().settle();
        unless(job.trainer().sent(TrainerJoined.class).isEmpty(), "the trainer joined");
    }

    private static void late(Stage stage) {
        ScriptedJob job = stage.job();
        job.publish(0);
        job.pass(1);
        job.pass(2);
        job.trainer().start();
        job.admit(job.trainer().awaitJoin());
        job.open(3);
        Update update = job.trainer().awaitUpdate(3);
        Checks.same(3, job.expected(3), update);
        Checks.nothingSent(job, 1, "which was over");
        Checks.nothingSent(job, 2, "which was over");
    }
}
