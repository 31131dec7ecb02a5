package io.rondo.conformance.scenario;

import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.stage.Entry;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Update;
import io.rondo.log.Sha256;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateManifest;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Judgements that several scenarios share. */
final class Checks {
    private Checks() {}

    /** A flat vector as a value. */
    static Tensor vector(float[] values) {
        return new Tensor("vector", new int[] {values.length}, values);
    }

    /** An id of an incarnation or an attempt. */
    static void id(String what, String value) {
        unless(value.matches("[A-Za-z0-9_-]{1,64}"), "%s '%s' is not [A-Za-z0-9_-]{1,64}", what, value);
    }

    /** The values of an update are these, bit for bit. */
    static void same(int round, float[] expected, Update update) {
        same("round " + round + " was not trained from the published values", expected, update.values());
    }

    static void same(String reason, float[] expected, float[] found) {
        int at = Arrays.mismatch(expected, found);
        unless(
                at < 0,
                "%s: element %d of %d is %s, not %s",
                reason,
                at,
                expected.length,
                at < 0 || at >= found.length ? "missing" : found[at],
                at < 0 || at >= expected.length ? "nothing" : expected[at]);
    }

    /** The manifest has the digests of the chunks that are in the log. */
    static void digests(Update update) {
        UpdateManifest manifest = update.manifest().record();
        List<Sha256> found = update.chunks().stream()
                .sorted(Comparator.comparingInt(entry -> entry.record().getOrdinal()))
                .map(entry -> Digests.of(entry.record().getValues()))
                .toList();
        unless(
                manifest.getChunkDigests().equals(found),
                "the manifest names %d digests, which are not those of the %d chunks in the log",
                manifest.getChunkDigests().size(),
                found.size());
        unless(
                manifest.getDigest().equals(Digests.ofDigests(found)),
                "the manifest's digest is %s, that of its chunks is %s",
                Digests.hex(manifest.getDigest()),
                Digests.hex(Digests.ofDigests(found)));
    }

    /** The update is whole: all of its chunks are in the log, and the manifest describes them. */
    static void whole(Update update) {
        update.values();
        digests(update);
        long inRanges = update.manifest().record().getRanges().stream()
                .mapToLong(range -> update.chunks().stream()
                        .filter(chunk -> lies(chunk, range.getPartition(), range.getFirst(), range.getLast()))
                        .count())
                .sum();
        unless(
                inRanges == update.chunks().size(),
                "%d of %d chunks of attempt %s lie in the manifest's ranges",
                inRanges,
                update.chunks().size(),
                update.attempt());
    }

    private static boolean lies(Entry<TensorChunk> chunk, int partition, long first, long last) {
        return chunk.raw().partition() == partition && chunk.offset() >= first && chunk.offset() <= last;
    }

    /** Nothing of a round was sent. */
    static void nothingSent(ScriptedJob job, int round, String why) {
        int manifests = job.trainer().manifests(round).size();
        int chunks = job.trainer().chunks(round).size();
        unless(
                manifests == 0 && chunks == 0,
                "%d manifests and %d chunks of round %d were sent, %s",
                manifests,
                chunks,
                round,
                why);
    }

    /** So many manifests of a round were sent. */
    static void manifests(ScriptedJob job, int round, int expected, String why) {
        int found = job.trainer().manifests(round).size();
        unless(found == expected, "%d manifests of round %d were sent, %s", found, round, why);
    }

    /** Both are attempts of the same values. */
    static void sameUpdate(Update first, Update second) {
        unless(!first.attempt().equals(second.attempt()), "the attempt '%s' was used again", first.attempt());
        whole(second);
        same("the second attempt has other values than the first", first.values(), second.values());
    }
}
