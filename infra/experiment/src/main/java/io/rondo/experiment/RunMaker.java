package io.rondo.experiment;

import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.adapter.SharingPolicy;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.runtime.FederatedJob;
import io.rondo.trainer.runtime.InitialValues;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes runs. Safe for any thread: a run shares nothing with another. */
final class RunMaker {
    private static final String UUID = "00000000-0000-0000-0000-000000000000";

    private final Experiment experiment;
    private final ExperimentData data;
    private final LocalTrainerFactory engine;
    private final Path modelCache;
    private final Path work;

    /** @param work where the examples of runs are kept while they last */
    RunMaker(Experiment experiment, ExperimentData data, LocalTrainerFactory engine, Path modelCache, Path work) {
        this.experiment = experiment;
        this.data = data;
        this.engine = engine;
        this.modelCache = modelCache;
        this.work = work;
    }

    /** Stands for all that decides the result of a run: the data, its division, the settings of the job and the engine. */
    String identity(ExperimentRun run) {
        List<Object> parts = new ArrayList<>(List.of(
                run,
                data.digest(),
                experiment.settings(run.method(), run.learningRate(), run.seed(), data.labels()),
                experiment.trainers(),
                experiment.shift(),
                experiment.trainRows(),
                experiment.testRows(),
                experiment.evaluateEvery(),
                engine.name()));
        // results without such a site, also those of earlier versions, keep their identity
        experiment.visitSteps().ifPresent(parts::add);
        return Digests.hex(Digests.of(parts.toString().getBytes(StandardCharsets.UTF_8)));
    }

    RunResult make(ExperimentRun run) {
        long start = System.nanoTime();
        List<ExperimentData.SiteFiles> sites = data.write(run, work.resolve(run.id()));
        FederatedJob job = job(run, run.seed());
        Trainers trainers = new Trainers();
        try {
            sites.subList(0, experiment.trainers()).forEach(site -> trainers.open(job, site));
            Federation federation = new Federation(job, trainers.all, InitialValues.of(job, engine, modelCache));
            List<Map<String, Tensor>> starts = starts(run, trainers.all);
            List<RunResult.Evaluation> rounds =
                    train(job.spec(), federation, run.purpose() != ExperimentRun.Purpose.MEASUREMENT);
            return new RunResult(
                    (job.flat(1).elements() + job.flat(2).elements()) / 2.0,
                    sites.stream().map(site -> site.word().orElse("")).toList(),
                    rounds,
                    visit(run, job, federation, sites),
                    run.purpose().isAsymmetry() ? Similarities.of(federation.parameters(), starts) : List.of(),
                    (System.nanoTime() - start) / 1e9);
        } finally {
            trainers.close();
        }
    }

    private FederatedJob job(ExperimentRun run, long seed) {
        JobSpec spec = experiment.settings(run.method(), run.learningRate(), seed, data.labels());
        AdapterLayout layout = new AdapterLayout(engine.describe(ModelSettings.of(spec, modelCache)));
        return new FederatedJob(UUID, spec, layout, SharingPolicy.of(spec));
    }

    /** The factors that each site starts from. In the control each draws its own. */
    private List<Map<String, Tensor>> starts(ExperimentRun run, List<LocalTrainer> trainers) {
        List<Map<String, Tensor>> starts = new ArrayList<>();
        for (int i = 0; i < trainers.size(); i++) {
            if (run.purpose() == ExperimentRun.Purpose.OWN_START) {
                // far from the seeds of other runs
                FederatedJob own = job(run, run.seed() * 1_000_003 + i + 1);
                trainers.get(i)
                        .load(List.copyOf(
                                InitialValues.of(own, engine, modelCache).values()));
            }
            Map<String, Tensor> start = new LinkedHashMap<>();
            trainers.get(i).parameters().forEach(tensor -> start.put(tensor.name(), tensor));
            starts.add(start);
        }
        return starts;
    }

    private List<RunResult.Evaluation> train(JobSpec spec, Federation federation, boolean onlyLast) {
        List<RunResult.Evaluation> evaluations = new ArrayList<>();
        for (int round = 1; round <= spec.getRounds(); round++) {
            double loss = federation.train(round);
            boolean last = round == spec.getRounds();
            if (last || (!onlyLast && round % experiment.evaluateEvery() == 0)) {
                evaluations.add(evaluation(round, loss, federation.evaluate()));
            }
        }
        return evaluations;
    }

    /** What the site that took no part measures; null where there is none, or nobody asks. */
    private RunResult.Visit visit(
            ExperimentRun run, FederatedJob job, Federation federation, List<ExperimentData.SiteFiles> sites) {
        if (experiment.visitSteps().isEmpty() || run.purpose() != ExperimentRun.Purpose.MEASUREMENT) {
            return null;
        }
        JobSpec steps = experiment.visit(run.method(), run.learningRate(), run.seed(), data.labels());
        FederatedJob own = new FederatedJob(job.uuid(), steps, job.layout(), job.policy());
        try (LocalTrainer visitor = open(own, sites.get(experiment.trainers()))) {
            return federation.visit(visitor);
        }
    }

    private LocalTrainer open(FederatedJob job, ExperimentData.SiteFiles site) {
        TrainerFiles own = TrainerFiles.of(site.train(), site.test()).withValidation(site.validation());
        return engine.open(job.trainerSettings(new SiteSettings(
                site.trainer(),
                site.pooled().map(own::withPooledTest).orElse(own),
                modelCache,
                ComputeSettings.ofThreads(1),
                false)));
    }

    private static RunResult.Evaluation evaluation(int round, double loss, List<Map<String, Double>> measured) {
        Map<String, Double> means = new LinkedHashMap<>();
        // a site may have no example of one of MNLI's sets
        measured.stream()
                .flatMap(metrics -> metrics.keySet().stream())
                .forEach(key -> means.computeIfAbsent(key, name -> measured.stream()
                        .filter(metrics -> metrics.containsKey(name))
                        .mapToDouble(metrics -> metrics.get(name))
                        .average()
                        .orElseThrow()));
        return new RunResult.Evaluation(
                round,
                loss,
                means,
                measured.stream().map(metrics -> metrics.get(MetricNames.TEST)).toList());
    }

    /** The trainers of a run, closed together. */
    private final class Trainers {
        private final List<LocalTrainer> all = new ArrayList<>();

        void open(FederatedJob job, ExperimentData.SiteFiles site) {
            all.add(RunMaker.this.open(job, site));
        }

        void close() {
            all.forEach(LocalTrainer::close);
        }
    }
}
