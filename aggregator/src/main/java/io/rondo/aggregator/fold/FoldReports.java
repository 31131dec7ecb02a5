package io.rondo.aggregator.fold;

import io.rondo.aggregator.round.AttemptId;
import io.rondo.log.PartFolded;
import io.rondo.log.PartMeasured;
import io.rondo.log.PartRefused;
import io.rondo.log.UpdateManifest;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** Reports the results of this partition's fold, each once: results from before a restart are not repeated. */
final class FoldReports {
    private static final Revision NONE = new Revision(-1, 0);

    private final int partition;
    private final Consumer<FoldResult> results;
    private Revision folded = NONE;
    private Revision measured = NONE;

    /** One close of a round. */
    private record Revision(int round, int revision) {}

    /** @param results receives the folded, measured and refused results */
    FoldReports(int partition, Consumer<FoldResult> results) {
        this.partition = partition;
        this.results = results;
    }

    /** Notes a part that is in the log; a refusal for this round is also noted in the round. */
    void restored(SpecificRecord part, DecidedRound round) {
        if (part instanceof PartFolded done && done.getPartition() == partition) {
            folded = new Revision(done.getRound(), done.getRevision());
        } else if (part instanceof PartMeasured done && done.getPartition() == partition) {
            measured = new Revision(done.getRound(), done.getRevision());
        } else if (part instanceof PartRefused refusal
                && refusal.getPartition() == partition
                && refusal.getRound() == round.number()) {
            round.refuse(AttemptId.of(refusal));
        }
    }

    boolean isFolded(int round, int revision) {
        return folded.equals(new Revision(round, revision));
    }

    boolean isMeasured(int round, int revision) {
        return measured.equals(new Revision(round, revision));
    }

    /** @param bytes of tensors that were read */
    void measured(int round, int revision, List<Double> products, long bytes) {
        measured = new Revision(round, revision);
        results.accept(new FoldResult.Measured(new PartMeasured(round, revision, partition, products, bytes)));
    }

    /** @param part what the log says of it */
    void folded(ServerStep.Result result, PartFolded part) {
        folded = new Revision(part.getRound(), part.getRevision());
        results.accept(new FoldResult.Folded(result.chunks(), result.state(), part));
    }

    /** An update that was accepted for the round is faulty. */
    void refused(int round, UpdateManifest manifest, UpdateReader.Fault fault) {
        results.accept(new FoldResult.Refused(new PartRefused(
                round,
                partition,
                manifest.getTrainer(),
                manifest.getAttempt(),
                fault.reason().id(),
                fault.detail())));
    }
}
