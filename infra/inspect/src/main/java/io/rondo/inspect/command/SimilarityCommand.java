package io.rondo.inspect.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.RangeOptions;
import io.rondo.cli.command.ReadOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.view.SimilarityView;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "similarity", description = "Show the similarity of the trainers' updates, by round and tensor.")
public final class SimilarityCommand extends ConsoleCommand {
    @Mixin
    private ReadOptions options;

    @Mixin
    private RangeOptions range;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a self-contained page with charts.")
    private Path html;

    @Override
    public void run(Console console) {
        SimilarityView view;
        try (OpenLog open = options.open(console, range.range());
                JobLog log = open.records()) {
            view = SimilarityView.read(log, range.range());
        }
        if (html != null) {
            view.page().write(html);
        }
        console.result(view.json(), view.text());
    }
}
