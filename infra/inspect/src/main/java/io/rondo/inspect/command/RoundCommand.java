package io.rondo.inspect.command;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.ReadOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.view.RoundText;
import io.rondo.inspect.view.RoundView;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "round", description = "Show one round: who sent what and when, what became of it, and every decision.")
public final class RoundCommand extends ConsoleCommand {
    @Parameters(paramLabel = "N", description = "The round.")
    private int round;

    @Mixin
    private ReadOptions options;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a self-contained page with charts.")
    private Path html;

    @Override
    public void run(Console console) {
        RoundText text;
        try (OpenLog open = options.open(console, new RoundRange(round, round));
                JobLog log = open.records()) {
            text = new RoundText(RoundView.read(log, round));
        }
        if (html != null) {
            text.page().write(html);
        }
        console.result(text.json(), text.text());
    }
}
