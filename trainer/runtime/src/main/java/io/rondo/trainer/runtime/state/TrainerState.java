package io.rondo.trainer.runtime.state;

import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The state of a trainer between two rounds of training: everything that a restarted process needs.
 *
 * @param jobUuid UUID of the job
 * @param layoutDigest digest of the job's layout
 * @param trainer id of the trainer
 * @param lastSyncRound round of the global adapter that the parameters were last set to, -1 for none
 * @param trainedRound the last round trained, 0 for none
 * @param parameters every trainable tensor, shared or not, after training
 * @param pending the update of {@code trainedRound}, until its round is over
 */
public record TrainerState(
        String jobUuid,
        Sha256 layoutDigest,
        String trainer,
        int lastSyncRound,
        int trainedRound,
        List<Tensor> parameters,
        Optional<PendingUpdate> pending) {

    public TrainerState {
        Objects.requireNonNull(jobUuid);
        Objects.requireNonNull(layoutDigest);
        Objects.requireNonNull(trainer);
        Objects.requireNonNull(pending);
        parameters = List.copyOf(parameters);
    }

    public TrainerState withPending(Optional<PendingUpdate> update) {
        return new TrainerState(jobUuid, layoutDigest, trainer, lastSyncRound, trainedRound, parameters, update);
    }
}
