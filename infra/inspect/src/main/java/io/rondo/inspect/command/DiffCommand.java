package io.rondo.inspect.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.KafkaJobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.command.ArchiveOptions;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.LogOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.view.DiffView;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description = "Compare the adapters of two rounds, tensor by tensor; or a round with a branch's.")
public final class DiffCommand extends ConsoleCommand {
    @Parameters(index = "0", paramLabel = "N", description = "The first round.")
    private int from;

    @Parameters(index = "1", paramLabel = "M", arity = "0..1", description = "The second round. Default: the first.")
    private Integer to;

    @Mixin
    private LogOptions options;

    @Mixin
    private ArchiveOptions archive;

    @Option(names = "--branch", paramLabel = "NAME", description = "Take the second round from this branch.")
    private String branch;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a self-contained page with charts.")
    private Path html;

    @Override
    public void run(Console console) {
        archive.refuse("--branch", Optional.ofNullable(branch), "branches are in no archive");
        DiffView view;
        try (OpenLog open = options.open(console, archive, RoundRange.NONE);
                JobLog log = open.records()) {
            JobRecords records = JobRecords.read(log);
            view = branch == null ? view(records, records) : viewOfBranch(open, records);
        }
        if (html != null) {
            view.page().write(html);
        }
        console.result(view.json(), view.text());
    }

    private DiffView viewOfBranch(OpenLog open, JobRecords records) {
        try (JobLog other = KafkaJobLog.open(open.connection(), open.job(), Optional.of(branch))) {
            return view(records, JobRecords.read(other));
        }
    }

    private DiffView view(JobRecords one, JobRecords other) {
        return new DiffView(one, from, other, to == null ? from : to);
    }
}
