package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.stage.Entry;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.Update;
import io.rondo.log.DType;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.TensorBytes;
import java.nio.ByteBuffer;
import java.util.List;

/** What is shared under each method, and in which form. */
final class Methods {
    private Methods() {}

    static List<Scenario> scenarios() {
        return List.of(
                method("fedit", "both factors are shared, in layout order"),
                method("ffa", "B is shared, A is not"),
                method("rolora", "B is shared in odd rounds, A in even ones"),
                method("fed-alora", "B is shared, and A is the trainer's own after round 0"),
                must(
                        "shared-head",
                        "3",
                        "head: shared makes the head part of the vector",
                        stage -> rounds(stage, "fedsa", "shared")),
                must("shares-nothing", "3", "under local an update has no elements", Methods::nothing),
                must("bf16", "3", "BF16 is rounded to nearest, ties to even", Methods::bf16),
                must("large-layout", "3", "an adapter of 8.4 MB is read and sent", Methods::large));
    }

    private static Scenario method(String name, String requirement) {
        return must(name, "3", requirement, stage -> rounds(stage, name, "local"));
    }

    private static void rounds(Stage stage, String method, String head) {
        ScriptedJob job = stage.job(spec -> spec.setMethod(method).setHead(head));
        job.begin();
        for (int round = 1; round <= 3; round++) {
            job.open(round);
            Update update = job.trainer().awaitUpdate(round);
            Checks.whole(update);
            Checks.same(round, job.expected(round), update);
            job.publish(round, update);
        }
    }

    private static void nothing(Stage stage) {
        ScriptedJob job = stage.job(spec -> spec.setMethod("local"));
        job.begin();
        for (int round = 1; round <= 2; round++) {
            job.open(round);
            Update update = job.trainer().awaitUpdate(round);
            UpdateManifest manifest = update.manifest().record();
            unless(
                    manifest.getElements() == 0
                            && manifest.getRanges().isEmpty()
                            && manifest.getChunkDigests().isEmpty(),
                    "the manifest has %d elements, %d ranges and %d chunk digests",
                    manifest.getElements(),
                    manifest.getRanges().size(),
                    manifest.getChunkDigests().size());
            unless(
                    manifest.getDigest().equals(Digests.of()),
                    "the digest is %s, that of no bytes is %s",
                    Digests.hex(manifest.getDigest()),
                    Digests.hex(Digests.of()));
            unless(job.trainer().chunks(round).isEmpty(), "there are chunks of round %d", round);
            job.publish(round, update);
        }
    }

    private static void bf16(Stage stage) {
        ScriptedJob job = stage.job(spec -> spec.setDtype(DType.BF16));
        job.begin();
        job.open(1);
        Update update = job.trainer().awaitUpdate(1);
        UpdateManifest manifest = update.manifest().record();
        unless(manifest.getDtype() == DType.BF16, "the manifest's dtype is %s, the job's is BF16", manifest.getDtype());
        FlatLayout flat = job.flat(1);
        float[] expected = job.expected(1);
        unless(
                update.chunks().size() == flat.chunks(),
                "there are %d chunks, a vector of %d elements has %d whatever the dtype",
                update.chunks().size(),
                flat.elements(),
                flat.chunks());
        for (Entry<TensorChunk> entry : update.chunks()) {
            TensorChunk chunk = entry.record();
            unless(chunk.getDtype() == DType.BF16, "chunk %d is of %s", chunk.getOrdinal(), chunk.getDtype());
            FlatLayout.Chunk place = flat.chunk(chunk.getOrdinal());
            byte[] bytes = TensorBytes.encode(DType.BF16, expected, place.position(), place.count());
            unless(
                    ByteBuffer.wrap(bytes).equals(chunk.getValues()),
                    "chunk %d does not have the published values, rounded to BF16",
                    chunk.getOrdinal());
        }
    }

    private static void large(Stage stage) {
        ScriptedJob job = stage.largeJob();
        job.begin();
        job.open(1);
        Update update = job.trainer().awaitUpdate(1);
        Checks.whole(update);
        Checks.same(1, job.expected(1), update);
    }
}
