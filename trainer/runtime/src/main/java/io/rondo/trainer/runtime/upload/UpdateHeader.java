package io.rondo.trainer.runtime.upload;

import io.rondo.log.DType;
import java.util.Map;
import java.util.Objects;

/**
 * The fields of a manifest that describe an update, apart from its bytes.
 *
 * @param jobUuid UUID of the job
 * @param round the round that it answers
 * @param baseRound round of the global adapter that training started from, -1 for round 0
 * @param trainer id of the trainer
 * @param incarnation id of the trainer's process, empty for the submitter
 * @param attempt id of this upload, new for each: {@code [A-Za-z0-9_-]{1,64}}
 * @param numExamples its weight
 * @param dtype element type of its chunks
 * @param metrics training metrics, at most 64
 */
public record UpdateHeader(
        String jobUuid,
        int round,
        int baseRound,
        String trainer,
        String incarnation,
        String attempt,
        long numExamples,
        DType dtype,
        Map<String, Double> metrics) {

    public UpdateHeader {
        Objects.requireNonNull(jobUuid);
        Objects.requireNonNull(trainer);
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(attempt);
        Objects.requireNonNull(dtype);
        metrics = Map.copyOf(metrics);
    }
}
