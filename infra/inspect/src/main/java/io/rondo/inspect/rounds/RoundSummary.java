package io.rondo.inspect.rounds;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * One round as the log tells it.
 *
 * @param round the round
 * @param status how far it is
 * @param cohort the trainers that were asked
 * @param accepted updates that count
 * @param late updates refused because they came after the deadline
 * @param rejected updates refused for another reason
 * @param bytes tensor bytes of the updates that count
 * @param seconds from opening to publication, empty until then
 * @param digest digest of the adapter, hexadecimal, empty until it is published
 * @param trainers by trainer, in ascending order of their ids
 */
public record RoundSummary(
        int round,
        Status status,
        List<String> cohort,
        int accepted,
        int late,
        int rejected,
        long bytes,
        OptionalDouble seconds,
        Optional<String> digest,
        List<TrainerRound> trainers) {

    /** How far a round is. */
    public enum Status {
        OPEN,
        CLOSED,
        PUBLISHED,
        FAILED
    }

    public RoundSummary {
        cohort = List.copyOf(cohort);
        trainers = List.copyOf(trainers);
    }

    /** Mean loss of the trainers whose updates count. */
    public OptionalDouble loss() {
        return mean(TrainerRound::loss);
    }

    /** Mean accuracy, over the trainers that evaluated the round's adapter, each on its own test split. */
    public OptionalDouble accuracy() {
        return mean(TrainerRound::accuracy);
    }

    /** Mean share of right final answers, over the trainers that complete texts. */
    public OptionalDouble exactMatch() {
        return mean(TrainerRound::exactMatch);
    }

    /** The unweighted mean over the trainers that have the number. */
    public OptionalDouble mean(Function<TrainerRound, OptionalDouble> number) {
        return trainers.stream()
                .map(number)
                .flatMapToDouble(OptionalDouble::stream)
                .average();
    }

    /** Whether every trainer asked has evaluated the round's adapter. */
    public boolean isEvaluated() {
        return trainers.stream().filter(TrainerRound::isEvaluated).count() >= cohort.size();
    }
}
