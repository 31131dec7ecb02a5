package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.process.RunningTrainer;
import io.rondo.conformance.stage.Adapters;
import io.rondo.conformance.stage.ForeignRecords;
import io.rondo.conformance.stage.Overdue;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.TrainerUnderTest;
import io.rondo.conformance.stage.Update;
import io.rondo.log.AdapterChunk;
import io.rondo.log.DecisionHeader;
import io.rondo.log.JobFinished;
import io.rondo.log.Source;
import io.rondo.schemas.adapter.FlatLayout;
import java.util.ArrayList;
import java.util.List;

/** What a trainer believes of what it reads. */
final class Reading {
    private Reading() {}

    static List<Scenario> scenarios() {
        return List.of(
                must(
                        "committed-only",
                        "1",
                        "records of aborted and of open transactions are not acted on",
                        Reading::committedOnly),
                must(
                        "adapter-digest",
                        "4, step 4",
                        "an adapter with a chunk that has another digest is not used",
                        Reading::adapterDigest),
                must(
                        "adapter-chunks",
                        "4, step 4",
                        "chunks sent twice, in any order, and of other revisions and kinds do no harm",
                        Reading::adapterChunks),
                must(
                        "newer-field",
                        "2",
                        "a field of a newer schema is passed over",
                        stage -> unknown(stage, ForeignRecords.Kind.NEWER_FIELD)),
                must(
                        "unknown-record",
                        "4, What answers what",
                        "a record of an unknown type on rounds is passed over",
                        stage -> unknown(stage, ForeignRecords.Kind.UNKNOWN_TYPE)));
    }

    private static void committedOnly(Stage stage) {
        ScriptedJob job = stage.job();
        RunningTrainer trainer = job.begin();
        DecisionHeader header = new DecisionHeader(0L, new Source("clock", -1L, null, -1L), System.currentTimeMillis());
        job.aborted(List.of(
                job.opened(header, 1, 0, TrainerUnderTest.ID), new JobFinished(header, job.uuid(), "never committed")));
        job.trainer().quiet();
        Overdue.require(trainer.isAlive(), "the trainer ended at a JobFinished that was never committed");
        Checks.nothingSent(job, 1, "whose RoundOpened was never committed");
        job.openUncommitted(1);
        job.trainer().quiet();
        Checks.nothingSent(job, 1, "whose RoundOpened was not committed yet");
        job.commit();
        job.trainer().awaitUpdate(1);
    }

    private static void adapterDigest(Stage stage) {
        ScriptedJob job = stage.job();
        FlatLayout flat = job.flat(0);
        float[] other = job.adapters().draw(0);
        other[0] += 1;
        job.adapters().writing(chunks -> {
            List<AdapterChunk> changed = new ArrayList<>(chunks);
            changed.set(0, Adapters.chunk(0, 1, flat.chunk(0), other));
            return changed;
        });
        job.publish(0);
        job.trainer().start();
        job.together(() -> job.open(1));
        job.trainer().settle();
        Checks.nothingSent(job, 1, "whose base is an adapter with a wrong digest");
        unless(
                job.trainer().sent(io.rondo.log.EvaluationReported.class).isEmpty(),
                "an adapter with a wrong digest was evaluated");
    }

    private static void adapterChunks(Stage stage) {
        ScriptedJob job = stage.job();
        FlatLayout flat = job.flat(0);
        float[] other = job.adapters().draw(9);
        job.adapters().writing(chunks -> {
            List<AdapterChunk> all = new ArrayList<>();
            for (AdapterChunk chunk : chunks) {
                FlatLayout.Chunk place = flat.chunk(chunk.getOrdinal());
                // the last first, each between others' and twice
                all.addAll(
                        0,
                        List.of(
                                Adapters.chunk(chunk.getRound(), 2, place, other),
                                Adapters.state(chunk.getRound(), 1, place, other),
                                chunk,
                                Adapters.chunk(chunk.getRound() + 1, 1, place, other),
                                chunk));
            }
            return all;
        });
        job.begin();
        job.open(1);
        Update update = job.trainer().awaitUpdate(1);
        Checks.same(1, job.expected(1), update);
    }

    private static void unknown(Stage stage, ForeignRecords.Kind kind) {
        ScriptedJob job = stage.job();
        ForeignRecords foreign = new ForeignRecords(stage.cluster());
        job.begin();
        job.roundBytes(
                switch (kind) {
                    case NEWER_FIELD -> foreign.newerOpened(job, 1, 0, TrainerUnderTest.ID);
                    case UNKNOWN_TYPE -> foreign.note();
                });
        if (kind == ForeignRecords.Kind.UNKNOWN_TYPE) {
            job.trainer().quiet();
            job.open(1);
        }
        job.trainer().awaitUpdate(1);
    }
}
