package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.process.Service;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.trainer.api.LocalTrainerFactories;
import io.rondo.trainer.api.TrainerSettings;
import io.rondo.trainer.runtime.TrainerListener;
import io.rondo.trainer.runtime.TrainerListeners;
import io.rondo.trainer.runtime.TrainerService;
import io.rondo.trainer.runtime.TrainerServiceSettings;
import io.rondo.web.TrainerTelemetry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "trainer", description = "Run a trainer of a job until the job is finished or it is stopped.")
public final class TrainerCommand extends ConsoleCommand {
    @Mixin
    private JobOptions options;

    @Mixin
    private ColumnOptions columns;

    @Mixin
    private ModelOptions model;

    @Mixin
    private HttpOptions http;

    @Option(
            names = "--trainer",
            required = true,
            paramLabel = "ID",
            description = "The trainer's id, the same over restarts.")
    private String trainer;

    @Option(
            names = "--train",
            required = true,
            paramLabel = "FILE",
            description = "Training examples: .tsv (GLUE), .csv or .jsonl. They never leave this machine.")
    private Path train;

    @Option(names = "--test", required = true, paramLabel = "FILE", description = "Test examples of this site.")
    private Path test;

    @Option(
            names = "--pooled-test",
            paramLabel = "FILE",
            description = "Test examples of all sites, where this one may have them.")
    private Path pooledTest;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Where B, the head and pending updates are kept. Default: .rondo/trainers/JOB/ID.")
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
            defaultValue = "" + TrainerSettings.DEFAULT_STATE_CACHE_MEGABYTES,
            description =
                    "Memory for what the layers below the adapted ones make of each example, where the job adapts "
                            + "upper layers only; 0 for none. The result does not depend on it. Default: ${DEFAULT-VALUE}.")
    private int stateCache;

    @Option(names = "--head-only", description = "At the end also measure a head trained alone on the frozen encoder.")
    private boolean headOnly;

    @Override
    public void run(Console console) {
        String id = Identifiers.requireTrainer(trainer);
        Path state = stateDirectory != null ? stateDirectory : Path.of(".rondo", "trainers", options.job(), id);
        TrainerServiceSettings settings = new TrainerServiceSettings(
                options.connection(),
                options.job(),
                id,
                state,
                train,
                test,
                Optional.ofNullable(pooledTest),
                columns.choice(),
                model.cache(),
                threads,
                stateCache,
                headOnly,
                TrainerServiceSettings.DEFAULT_JOB_PATIENCE);
        TrainerProgress progress = new TrainerProgress(console);
        Optional<InetSocketAddress> address = http.address();
        if (address.isEmpty()) {
            serve(settings, progress);
            return;
        }
        try (TrainerTelemetry telemetry = TrainerTelemetry.start(
                settings.log(), address.get(), VersionCommand.current(), options.job(), id)) {
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
}
