package io.rondo.cli.command;

import io.rondo.aggregator.replay.JobLog;
import io.rondo.cli.output.Console;
import io.rondo.cli.replay.OpenLog;
import io.rondo.cli.replay.SimilarityView;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "similarity", description = "Show how alike the trainers' updates are, by round and tensor.")
public final class SimilarityCommand extends ConsoleCommand {
    @Mixin
    private ReadOptions options;

    @Mixin
    private RangeOptions range;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page with pictures, which needs nothing else.")
    private Path html;

    @Override
    void run(Console console) {
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
