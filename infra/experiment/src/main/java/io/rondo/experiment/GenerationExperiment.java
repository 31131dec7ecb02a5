package io.rondo.experiment;

import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobValue;
import io.rondo.log.JobSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Methods compared on a language model that answers word problems. One site more than there are trainers gets problems,
 * and takes no part.
 *
 * @param name names the results
 * @param question what it is to show, a sentence for the report
 * @param data directory of problems; they are made where there is none
 * @param trainers sites of each run that take part
 * @param methods as in a job file
 * @param seeds of the runs: problems, initial values and the order of examples
 * @param trainRows most training problems of a site
 * @param testRows most test problems of a site
 * @param evaluateEvery rounds between two evaluations; the last round is always evaluated
 * @param visitSteps local steps of the site that took no part
 * @param job settings of the job
 */
record GenerationExperiment(
        String name,
        String question,
        Optional<Path> data,
        int trainers,
        List<String> methods,
        List<Long> seeds,
        int trainRows,
        int testRows,
        int evaluateEvery,
        int visitSteps,
        List<JobValue> job) {
    GenerationExperiment {
        methods = List.copyOf(methods);
        seeds = List.copyOf(seeds);
        job = List.copyOf(job);
    }

    /** The job of one run. */
    JobSpec settings(String method, long seed) {
        List<JobValue> values = new ArrayList<>(job);
        JobFile.entries(
                        name,
                        "{name: experiment, method: " + method + ", seed: " + seed + ", min-trainers: " + trainers
                                + "}")
                .forEach(values::add);
        return JobFile.ofValues(values);
    }

    /** The same on other data. */
    GenerationExperiment withData(Path directory) {
        return new GenerationExperiment(
                name,
                question,
                Optional.of(directory),
                trainers,
                methods,
                seeds,
                trainRows,
                testRows,
                evaluateEvery,
                visitSteps,
                job);
    }
}
