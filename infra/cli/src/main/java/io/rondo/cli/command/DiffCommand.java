package io.rondo.cli.command;

import io.rondo.aggregator.replay.JobLog;
import io.rondo.aggregator.replay.JobRecords;
import io.rondo.aggregator.replay.KafkaJobLog;
import io.rondo.cli.output.Console;
import io.rondo.cli.replay.DiffView;
import io.rondo.cli.replay.OpenLog;
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

    @Option(names = "--branch", paramLabel = "NAME", description = "Take the second round from this branch.")
    private String branch;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page with pictures, which needs nothing else.")
    private Path html;

    @Override
    void run(Console console) {
        DiffView view;
        try (OpenLog open = options.open(console);
                JobLog log = open.records();
                JobLog other = KafkaJobLog.open(open.connection(), open.job(), Optional.ofNullable(branch))) {
            JobRecords records = JobRecords.read(log);
            view = new DiffView(
                    records, from, branch == null ? records : JobRecords.read(other), to == null ? from : to);
        }
        if (html != null) {
            view.page().write(html);
        }
        console.result(view.json(), view.text());
    }
}
