package io.rondo.peft.command;

import io.rondo.cli.command.ClusterOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ModelOptions;
import io.rondo.cli.connection.OpenCluster;
import io.rondo.cli.output.Console;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.peft.AdapterImport;
import io.rondo.trainer.api.LocalTrainerFactories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = "Submit a job that starts from a PEFT adapter: its A, and what else the job shares.")
public final class ImportCommand extends ConsoleCommand {
    @Parameters(paramLabel = "DIR", description = "adapter_config.json and adapter_model.safetensors.")
    private Path adapter;

    @Option(
            names = "--job-file",
            paramLabel = "FILE",
            description = "The job's other settings. Default: the defaults of `rondo job init`.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides the adapter and the file, such as name=my-job; may be repeated.")
    private List<String> settings = new ArrayList<>();

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private ModelOptions model;

    /** The JSON result. */
    record Result(String job, String jobUuid, String adapter) {}

    @Override
    public void run(Console console) {
        AdapterImport source = AdapterImport.open(adapter, model.engine());
        JobSpec spec = source.spec(Optional.ofNullable(file), settings);
        try (OpenCluster open = cluster.open(console)) {
            JobSubmitted job =
                    source.submit(open.connection(), spec, LocalTrainerFactories.named(model.engine()), model.cache());
            console.result(
                    new Result(spec.getName(), job.getJobUuid(), adapter.toString()),
                    "submitted job %s (%s), which starts from %s%n  next: rondo aggregator --job %s"
                            .formatted(spec.getName(), job.getJobUuid(), adapter, spec.getName()));
        }
    }
}
