package io.rondo.inspect.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ReadOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.view.TrainersView;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "trainers", description = "Show the trainers of a job: rounds, lateness, staleness, metrics.")
public final class TrainersCommand extends ConsoleCommand {
    @Mixin
    private ReadOptions options;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a self-contained page with charts.")
    private Path html;

    @Override
    public void run(Console console) {
        TrainersView view;
        try (OpenLog open = options.open(console, RoundRange.NONE);
                JobLog log = open.records()) {
            view = new TrainersView(JobRecords.read(log));
        }
        if (html != null) {
            view.page().write(html);
        }
        console.result(view.json(), view.text());
    }
}
