package io.rondo.cli.command;

import io.rondo.cli.job.PolicyFile;
import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.trainer.api.ComputeSettings;
import io.rondo.trainer.api.LocalTrainerFactories;
import io.rondo.trainer.api.SiteSettings;
import io.rondo.trainer.api.TrainerFiles;
import io.rondo.trainer.runtime.TrainerCheck;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerListeners;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import io.rondo.web.TrainerTelemetry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "trainer", description = "Run a trainer of a job until the job is finished or it is stopped.")
public final class TrainerCommand extends ConsoleCommand {
    @Mixin
    private ConnectionOptions connection;

    @Mixin
    private ColumnOptions columns;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ModelDirectoryOption modelDirectory;

    @Option(
            names = "--label-texts",
            paramLabel = "TEXT",
            split = ",",
            description = "Classes as this site's files have them, in the order of the job's numbers, with commas"
                    + " between them. Default: the job's labels.")
    private List<String> labelTexts = new ArrayList<>();

    @Mixin
    private HttpOptions http;

    @Mixin
    private LogFormatOptions logs;

    @Mixin
    private KeyOptions key;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Policy of this site (YAML); a job that requires more than it allows gets nothing.")
    private Path policy;

    @Option(
            names = "--job",
            required = true,
            paramLabel = "NAME",
            defaultValue = "${env:RONDO_JOB}",
            description = "The job's name. Default: $RONDO_JOB.")
    private String job;

    @Option(
            names = "--trainer",
            required = true,
            paramLabel = "ID",
            defaultValue = "${env:RONDO_TRAINER}",
            description = "The trainer's id, the same after a restart. Default: $RONDO_TRAINER.")
    private String trainer;

    @Option(
            names = "--train",
            required = true,
            paramLabel = "FILE",
            defaultValue = "${env:RONDO_TRAIN}",
            description = "Training examples: .tsv (GLUE), .csv or .jsonl. They never leave this machine."
                    + " Default: $RONDO_TRAIN.")
    private Path train;

    @Option(
            names = "--test",
            required = true,
            paramLabel = "FILE",
            defaultValue = "${env:RONDO_TEST}",
            description = "Test examples of this site. Default: $RONDO_TEST.")
    private Path test;

    @Option(
            names = "--pooled-test",
            paramLabel = "FILE",
            description = "Test examples of all sites, if this site may have them.")
    private Path pooledTest;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "${env:RONDO_STATE_DIR}",
            description = "Where B, the head and pending updates are stored. Default: $RONDO_STATE_DIR or"
                    + " .rondo/trainers/JOB/ID.")
    private Path stateDirectory;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that train; the result does not depend on it. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--state-cache",
            paramLabel = "MB",
            defaultValue = "" + ComputeSettings.DEFAULT_STATE_CACHE_MEGABYTES,
            description = "Memory for what the layers below the adapted ones make of each example, where the job adapts"
                    + " upper layers only; 0 for none. The result does not depend on it. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int stateCache;

    @Option(names = "--head-only", description = "At the end also measure a head trained alone on the frozen encoder.")
    private boolean headOnly;

    @Option(
            names = "--check",
            description =
                    "Dry run of the join: reports all problems of ids, layout, model and data, and writes nothing.")
    private boolean check;

    @Override
    public void run(Console console) {
        logs.check();
        if (check) {
            check(console);
            return;
        }
        TrainerServiceSettings settings = settings(Identifiers.requireJob(job), Identifiers.requireTrainer(trainer));
        TrainerProgress progress = new TrainerProgress(console);
        Optional<InetSocketAddress> address = http.address();
        if (address.isEmpty()) {
            serve(settings, progress);
            return;
        }
        try (TrainerTelemetry telemetry =
                TrainerTelemetry.start(settings.log(), address.get(), VersionCommand.current(), job, trainer)) {
            console.progress("metrics and health on " + HttpOptions.url(telemetry.address()));
            serve(settings, new TrainerListeners(progress, telemetry.listener()));
        }
    }

    private void serve(TrainerServiceSettings settings, TrainerListener listener) {
        try (TrainerService service =
                new TrainerService(settings, LocalTrainerFactories.named(model.engine()), listener)) {
            Service.run(service::run, service::stop);
        }
    }

    private void check(Console console) {
        TrainerCheck found =
                TrainerCheck.of(job, trainer, this::settings, () -> LocalTrainerFactories.named(model.engine()));
        console.result(found.json(), found.text());
        found.requireReady();
    }

    private TrainerServiceSettings settings(String name, String id) {
        Path state = stateDirectory != null ? stateDirectory : Path.of(".rondo", "trainers", name, id);
        TrainerFiles files =
                new TrainerFiles(train, test, Optional.ofNullable(pooledTest), Optional.empty(), columns.choice());
        SiteSettings site = new SiteSettings(
                        id, files, model.cache(), new ComputeSettings(threads, stateCache), headOnly)
                .withLabelTexts(labelTexts);
        SiteSettings located = modelDirectory.directory().map(site::withModelIn).orElse(site);
        return new TrainerServiceSettings(connection.connection(), name, located, state)
                .signingWith(key.key())
                .under(Optional.ofNullable(policy).map(PolicyFile::read));
    }
}
