package io.rondo.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rondo.cli.job.JobFile;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Json;
import io.rondo.cli.output.Table;
import io.rondo.cli.python.LanguageModel;
import io.rondo.cli.python.Python;
import io.rondo.samples.MadeProblems;
import io.rondo.samples.Problem;
import io.rondo.samples.ProblemFile;
import io.rondo.samples.Site;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Makes the runs of an experiment of generation, one at a time in a process of Python, and writes the results. A run whose
 * result is there already is not made again.
 */
public final class GenerationRunner {
    private final GenerationExperiment experiment;
    private final Python python;
    private final Path modelCache;
    private final int threads;
    private final Path out;
    private final Console console;

    private GenerationRunner(
            GenerationExperiment experiment, Python python, Path modelCache, int threads, Path out, Console console) {
        this.experiment = experiment;
        this.python = python;
        this.modelCache = modelCache.toAbsolutePath();
        this.threads = threads;
        this.out = Storage.directory(out).toAbsolutePath();
        this.console = console;
    }

    /** Whether a file is an experiment of generation. */
    public static boolean runs(Path file) {
        return GenerationFile.isOne(file);
    }

    /** Reads an experiment and makes it ready to run. */
    public static GenerationRunner open(ExperimentOptions options, Python python, Console console) {
        if (!options.columns().isAutomatic()) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--text, --text-pair and --label choose columns of labelled texts, and problems have none",
                    "leave them out, and give rows with question and answer");
        }
        GenerationExperiment read = GenerationFile.read(options.file());
        GenerationExperiment experiment = options.data().map(read::withData).orElse(read);
        return new GenerationRunner(
                experiment, python, options.modelCache(), options.parallel(), options.out(), console);
    }

    /** Runs to the end, writes {@code results.csv}, and prints the table. */
    public void run() {
        Map<String, List<GenerationRun>> results = new LinkedHashMap<>();
        experiment.methods().forEach(method -> results.put(method, new ArrayList<>()));
        LanguageModel.ensure(python, model(), modelCache);
        int number = 0;
        // seed by seed, so that a cut off experiment has compared all methods on fewer seeds
        for (long seed : experiment.seeds()) {
            for (String method : experiment.methods()) {
                number++;
                console.progress("run %d of %d: %s, seed %d"
                        .formatted(
                                number,
                                experiment.methods().size() * experiment.seeds().size(),
                                method,
                                seed));
                results.get(method).add(result(method, seed));
            }
        }
        Storage.write(out.resolve("results.csv"), csv(results));
        console.result(json(results), text(results) + "\n\nresults.csv is in " + out);
    }

    private String model() {
        return experiment.settings(experiment.methods().get(0), 1).getModel();
    }

    private GenerationRun result(String method, long seed) {
        Path file = Storage.directory(out.resolve("runs")).resolve(method + "_seed" + seed + ".json");
        if (!Files.exists(file)) {
            String printed = make(method, seed);
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Storage.write(fresh, printed);
            try {
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new RondoException(
                        ErrorCode.DISK_FULL, "cannot write " + file + ": " + e, "choose another --out", e);
            }
        }
        try {
            return Json.MAPPER.readValue(Files.readString(file), GenerationRun.class);
        } catch (JsonProcessingException e) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE,
                    "the result " + file + " cannot be read: " + e.getOriginalMessage(),
                    "delete the file, and the run is made again",
                    e);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.DATA_UNREADABLE, "the result " + file + " cannot be read: " + e, "check its rights", e);
        }
    }

    private String make(String method, long seed) {
        Path work = Storage.directory(out.resolve("data").resolve("seed" + seed));
        List<Map<String, String>> sites = new ArrayList<>();
        List<Problem> pooled = new ArrayList<>();
        List<Site<Problem>> all = sites(seed);
        for (Site<Problem> site : all) {
            Path directory = Storage.directory(work.resolve(site.trainer()));
            Path train = directory.resolve("train.jsonl");
            Path test = directory.resolve("test.jsonl");
            ProblemFile.write(train, first(site.train(), experiment.trainRows()));
            ProblemFile.write(test, first(site.test(), experiment.testRows()));
            sites.add(Map.of("trainer", site.trainer(), "train", train.toString(), "test", test.toString()));
            if (sites.size() <= experiment.trainers()) {
                pooled.addAll(first(site.test(), experiment.testRows()));
            }
        }
        ProblemFile.write(work.resolve("pooled-test.jsonl"), pooled);
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("sites", sites.subList(0, experiment.trainers()));
        plan.put("heldOut", sites.get(experiment.trainers()));
        plan.put("pooledTest", work.resolve("pooled-test.jsonl").toString());
        plan.put("evaluateEvery", experiment.evaluateEvery());
        plan.put("visitSteps", experiment.visitSteps());
        Path planFile = work.resolve("plan.json");
        Path jobFile = work.resolve(method + ".yaml");
        Storage.write(planFile, Json.MAPPER.valueToTree(plan).toString());
        Storage.write(jobFile, JobFile.render(experiment.settings(method, seed)));
        return python.run(
                "the run of " + method + " with seed " + seed,
                "rondo.peft.federation",
                List.of(
                        jobFile.toString(),
                        planFile.toString(),
                        "--model-cache",
                        modelCache.toString(),
                        "--threads",
                        Integer.toString(threads)));
    }

    /** One more than take part. */
    private List<Site<Problem>> sites(long seed) {
        int count = experiment.trainers() + 1;
        return experiment
                .data()
                .map(directory -> Site.deal(
                        count,
                        ProblemFile.read(directory.resolve("train.jsonl")),
                        ProblemFile.read(directory.resolve("dev.jsonl"))))
                .orElseGet(() -> MadeProblems.sites(count, seed));
    }

    private static List<Problem> first(List<Problem> rows, int most) {
        return rows.subList(0, Math.min(most, rows.size()));
    }

    private String csv(Map<String, List<GenerationRun>> results) {
        StringBuilder csv = new StringBuilder("method,seed,round,site,metric,value\n");
        results.forEach((method, runs) -> {
            for (int i = 0; i < runs.size(); i++) {
                String run = method + "," + experiment.seeds().get(i) + ",";
                for (GenerationRun.Round round : runs.get(i).rounds()) {
                    round.sites()
                            .forEach((site, metrics) -> rows(csv, run + round.round() + "," + site + ",", metrics));
                }
                int last = runs.get(i).last().round();
                runs.get(i)
                        .heldOut()
                        .forEach((when, metrics) -> rows(csv, run + last + ",held-out-" + when + ",", metrics));
            }
        });
        return csv.toString();
    }

    private static void rows(StringBuilder csv, String start, Map<String, Double> metrics) {
        metrics.forEach((metric, value) ->
                csv.append(start).append(metric).append(',').append(value).append('\n'));
    }

    private Map<String, Object> json(Map<String, List<GenerationRun>> results) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("experiment", experiment.name());
        json.put("seeds", experiment.seeds());
        List<Map<String, Object>> rows = new ArrayList<>();
        results.forEach((method, runs) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("method", method);
            row.put(
                    "sites",
                    spread(runs, run -> run.last().mean(GenerationRun.TEST)).mean());
            row.put(
                    "pooled",
                    spread(runs, run -> run.last().mean(GenerationRun.POOLED)).mean());
            row.put("heldOutBefore", spread(runs, run -> run.visitor("before")).mean());
            row.put("heldOutAfter", spread(runs, run -> run.visitor("after")).mean());
            row.put("uploadedElements", runs.get(0).elements());
            row.put("factorElements", runs.get(0).factorElements());
            rows.add(row);
        });
        json.put("methods", rows);
        return json;
    }

    private String text(Map<String, List<GenerationRun>> results) {
        Table table = new Table(
                "method", "own problems", "all sites'", "a new site's", "after its own steps", "floats up a round");
        results.forEach((method, runs) -> table.row(
                method,
                spread(runs, run -> run.last().mean(GenerationRun.TEST)).toString(),
                spread(runs, run -> run.last().mean(GenerationRun.POOLED)).toString(),
                spread(runs, run -> run.visitor("before")).toString(),
                spread(runs, run -> run.visitor("after")).toString(),
                String.format(
                        Locale.ROOT,
                        "%,.0f (%.0f %%)",
                        runs.get(0).elements(),
                        100 * runs.get(0).elements() / runs.get(0).factorElements())));
        return "Exact match after the last round, mean and deviation over seeds " + experiment.seeds() + "\n\n" + table;
    }

    private static Spread spread(List<GenerationRun> runs, ToDoubleFunction<GenerationRun> number) {
        return Spread.of(runs.stream().mapToDouble(number).toArray());
    }
}
