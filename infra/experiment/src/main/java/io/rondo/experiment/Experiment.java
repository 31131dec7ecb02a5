package io.rondo.experiment;

import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobValue;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is to be compared. Everything that is not listed here is a setting of the job, the same for every method. With steps
 * of a visit, one site more than there are trainers gets examples, and takes no part.
 *
 * @param name names the results
 * @param question what it is to show, a sentence for the report
 * @param data directory of data; text is made where there is none
 * @param trainers sites of each run
 * @param methods as in a job file, the paper's compound names included
 * @param splits how the data is split
 * @param shift whether the sites agree on the labels
 * @param seeds of the runs that are reported
 * @param tuningSeed of the runs that choose each method's learning rate
 * @param learningRates the grid; one rate is not tuned
 * @param trainRows most training examples of a site, on average
 * @param testRows most test examples of a site, on average; as many again choose rates and rounds
 * @param evaluateEvery rounds between two evaluations; the last round is always evaluated
 * @param visitSteps local steps of the site that took no part; empty where there is no such site
 * @param veraRank rank of the methods with VeRA; empty where it is that of the others
 * @param asymmetry splits on which each site is also trained alone, to compare the factors (section 4 of the paper)
 * @param job settings of the job
 */
record Experiment(
        String name,
        String question,
        Optional<Path> data,
        int trainers,
        List<String> methods,
        List<DataSplit> splits,
        Shift shift,
        List<Long> seeds,
        long tuningSeed,
        List<Double> learningRates,
        int trainRows,
        int testRows,
        int evaluateEvery,
        OptionalInt visitSteps,
        OptionalInt veraRank,
        List<DataSplit> asymmetry,
        List<JobValue> job) {
    Experiment {
        methods = List.copyOf(methods);
        splits = List.copyOf(splits);
        seeds = List.copyOf(seeds);
        learningRates = List.copyOf(learningRates);
        asymmetry = List.copyOf(asymmetry);
        job = List.copyOf(job);
    }

    /** The job of one run. */
    JobSpec settings(String method, double learningRate, long seed, List<String> labels) {
        return JobFile.ofValues(values(method, learningRate, seed, labels));
    }

    /** The same job for the site that took no part, where there is one: one round of it has all of that site's steps. */
    JobSpec visit(String method, double learningRate, long seed, List<String> labels) {
        List<JobValue> values = values(method, learningRate, seed, labels);
        values.addAll(entries("local-steps: " + visitSteps.orElseThrow()));
        return JobFile.ofValues(values);
    }

    private List<JobValue> values(String method, double learningRate, long seed, List<String> labels) {
        List<JobValue> values = new ArrayList<>(job);
        values.addAll(entries("{name: experiment, method: " + method + ", learning-rate: " + learningRate + ", seed: "
                + seed + ", min-trainers: " + trainers + ", labels: " + JobFile.list(labels) + "}"));
        if (veraRank.isPresent() && JobFile.ofValues(values).getAdapter().equals(AdapterKind.VERA.id())) {
            values.addAll(entries("rank: " + veraRank.getAsInt()));
        }
        return values;
    }

    private List<JobValue> entries(String yaml) {
        return JobFile.entries(name, yaml);
    }

    /** Sites that get examples. */
    int sites() {
        return trainers + (visitSteps.isPresent() ? 1 : 0);
    }

    /** The same on other data. */
    Experiment withData(Path directory) {
        return new Experiment(
                name,
                question,
                Optional.of(directory),
                trainers,
                methods,
                splits,
                shift,
                seeds,
                tuningSeed,
                learningRates,
                trainRows,
                testRows,
                evaluateEvery,
                visitSteps,
                veraRank,
                asymmetry,
                job);
    }
}
