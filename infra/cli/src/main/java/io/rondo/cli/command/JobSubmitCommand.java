package io.rondo.cli.command;

import io.rondo.cli.job.JobFile;
import io.rondo.cli.job.JobSubmitter;
import io.rondo.cli.output.Console;
import io.rondo.log.JobSpec;
import io.rondo.log.JobSubmitted;
import io.rondo.schemas.adapter.AdapterLayout;
import io.rondo.schemas.tensor.Digests;
import io.rondo.trainer.api.LocalTrainerFactories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "submit", description = "Submit the job of a file: its topics, its settings and its initial adapter.")
final class JobSubmitCommand extends ConsoleCommand {
    @Parameters(paramLabel = "FILE", defaultValue = "job.yaml", description = "Default: ${DEFAULT-VALUE}.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides the file; may be repeated.")
    private List<String> settings = new ArrayList<>();

    @Mixin
    private ConnectionOptions connection;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ModelDirectoryOption modelDirectory;

    @Mixin
    private KeyOptions key;

    /** The JSON result. */
    record Result(String job, String jobUuid, int tensors, String layoutDigest) {}

    @Override
    public void run(Console console) {
        JobSpec spec = JobFile.read(file, settings);
        JobSubmitter submitter = new JobSubmitter(
                connection.connection(), LocalTrainerFactories.named(model.engine()), model.cache(), key.key());
        JobSubmitted job = modelDirectory
                .directory()
                .map(submitter::withModelIn)
                .orElse(submitter)
                .submit(spec);
        if (spec.getOperatorKey().isEmpty() && job.getSpec().getOperatorKey().isEmpty()) {
            console.progress("records of this job are not signed: whoever may write to its topics may speak for any"
                    + " trainer (--key changes that)");
        }
        console.result(
                new Result(
                        spec.getName(),
                        job.getJobUuid(),
                        AdapterLayout.fromAvro(job.getLayout()).tensors().size(),
                        Digests.hex(job.getLayoutDigest())),
                "submitted job %s (%s)%n  next: rondo aggregator --job %s, and rondo trainer --job %s at each site"
                        .formatted(spec.getName(), job.getJobUuid(), spec.getName(), spec.getName()));
    }
}
