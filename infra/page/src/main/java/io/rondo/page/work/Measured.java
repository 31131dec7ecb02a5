package io.rondo.page.work;

import java.util.List;

/**
 * What only reading a round's updates tells.
 *
 * @param updates one for each update that counts
 * @param alike the trainers whose updates were compared, not all where there are many
 * @param cosines cosine of what each pair of them added to round 0, mean over tensors; null if one added nothing
 * @param meanCosine of their A, mean over pairs and tensors
 * @param meanCosineOfChange of what they added to round 0, mean over pairs and tensors
 */
public record Measured(
        int round,
        List<Update> updates,
        List<String> alike,
        List<List<Double>> cosines,
        Double meanCosine,
        Double meanCosineOfChange) {
    public Measured {
        updates = List.copyOf(updates);
        alike = List.copyOf(alike);
        cosines = List.copyOf(cosines);
    }

    /**
     * One update.
     *
     * @param upload seconds from its first chunk to the decision on it
     * @param norm L2 norm of what it adds to its base round
     * @param distance L2 distance to the round's average, as a share of the average's norm
     */
    public record Update(String trainer, Double upload, Double norm, Double distance) {}
}
