package io.rondo.aggregator.simulation;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DType;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.log.TrainerJoined;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Digests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A job with settings that the dice choose. */
final class SimulatedJob {
    private final TestJob job;
    private final List<String> trainers;
    private final JobSubmitted submitted;
    private final Map<Integer, FlatLayout> layouts = new HashMap<>();

    private SimulatedJob(TestJob job, List<String> trainers) {
        this.job = job;
        this.trainers = trainers;
        this.submitted = JobSubmitted.newBuilder(job.submitted())
                .setInitialDigest(Digests.ofDigests(
                        Contents.of(Contents.INITIAL, flat(0), dtype(0)).digests()))
                .build();
    }

    static SimulatedJob random(Dice dice) {
        List<String> trainers = List.of("anna", "ben", "cleo", "dora").subList(0, dice.between(1, 4));
        TestJob job = TestJob.create().with(spec -> spec.setRounds(dice.between(1, 3))
                .setMethod(dice.pick(List.of("fedsa", "rolora", "fedit", "local")))
                .setMinTrainers(dice.between(1, trainers.size()))
                .setCohort(dice.pick(List.of("all", "all", "50%", "0.7")))
                .setQuorum(dice.pick(List.of("1", "2", "67%", "0.5", "100%")))
                .setGraceMs(dice.pick(List.of(0, 0, 30)))
                .setLateUpdates(dice.pick(List.of("reject", "next-round", "next-round")))
                .setStalenessWeight(dice.pick(List.of(0.25, 1.0)))
                .setWithoutQuorum(dice.pick(List.of("extend", "extend", "skip", "fail")))
                .setAbsentAfter(dice.between(0, 2))
                .setRules(dice.pick(List.of(0, 1, 2, 3, 6, 6)))
                .setStrategy(dice.pick(List.of(
                        "weighted-mean", "weighted-mean", "coordinate-median", "trimmed-mean", "krum", "multi-krum")))
                .setFaultyShare(dice.pick(List.of(0.2, 0.3)))
                .setClip(dice.pick(List.of(0.0, 0.0, 1_500.0)))
                .setMaxUpdateNorm(dice.pick(List.of(0.0, 0.0, 2_000.0)))
                .setServerOptimizer(dice.pick(List.of("none", "none", "fedavgm", "fedadam")))
                .setWeights(dice.pick(List.of("examples", "uniform")))
                .setDtype(dice.pick(List.of(DType.F32, DType.BF16)))
                .setPartitions(dice.between(1, 3))
                .setDeadlineMs(dice.between(20, 300)));
        return new SimulatedJob(job, trainers);
    }

    int partitions() {
        return job.spec().getPartitions();
    }

    int rounds() {
        return job.spec().getRounds();
    }

    List<String> trainers() {
        return trainers;
    }

    JobSpec spec() {
        return job.spec();
    }

    /** Whether rounds get along without trainers that are gone for good. */
    boolean replacesTheGone() {
        return job.spec().getRules() > 0;
    }

    /** Whether a round may go on for as long as its trainers send what is over the limit. */
    boolean mayGoOnForEver() {
        return job.spec().getMaxUpdateNorm() > 0
                && job.spec().getWithoutQuorum().equals("extend");
    }

    double weight(int numExamples) {
        if (job.spec().getWeights().equals("uniform")) {
            return 1;
        }
        int used = job.spec().getLocalSteps() * job.spec().getBatchSize();
        return job.spec().getRules() < 4 ? numExamples : Math.min(numExamples, used);
    }

    DType dtype(int round) {
        return round == 0 ? DType.F32 : job.spec().getDtype();
    }

    FlatLayout flat(int round) {
        return layouts.computeIfAbsent(round, job::flat);
    }

    JobSubmitted submitted() {
        return submitted;
    }

    TrainerJoined joined(String trainer, String incarnation) {
        return TrainerJoined.newBuilder()
                .setJobUuid(TestJob.UUID)
                .setTrainer(trainer)
                .setIncarnation(incarnation)
                .setLayoutDigest(submitted.getLayoutDigest())
                .build();
    }
}
