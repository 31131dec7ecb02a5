package io.rondo.inspect.command;

import io.rondo.aggregator.log.DecisionLog;
import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.RoundRange;
import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.command.Lineages;
import io.rondo.cli.command.ReadOptions;
import io.rondo.cli.connection.OpenLog;
import io.rondo.cli.output.Console;
import io.rondo.inspect.rounds.LiveTable;
import io.rondo.inspect.rounds.RoundHistory;
import io.rondo.inspect.rounds.RoundPage;
import io.rondo.inspect.rounds.RoundTable;
import io.rondo.inspect.rounds.RoundWait;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "rounds", description = "Show every round of a job, read from the log.")
public final class RoundsCommand extends ConsoleCommand {
    @Mixin
    private ReadOptions options;

    @Option(names = "--follow", description = "Go on with each round as it happens, until the job ends or Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page with pictures, which needs nothing else.")
    private Path html;

    @Override
    public void run(Console console) {
        RoundHistory history = new RoundHistory();
        String job;
        options.archive().refuse("--follow", follow ? Optional.of("") : Optional.empty(), "an archive does not go on");
        try (OpenLog open = options.open(console, RoundRange.NONE);
                JobLog records = open.records()) {
            job = open.job();
            if (follow) {
                try (DecisionLog log = new DecisionLog(open.connection(), records.codec(), records.topics())) {
                    log.readToEnd(history::apply);
                    new LiveTable(history, log, console).follow();
                }
            } else {
                history.apply(records);
            }
        }
        RoundTable table = new RoundTable(history.rounds());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", job);
        history.job().map(started -> started.getLineage()).ifPresent(lineage -> {
            json.put("lineage", Lineages.json(lineage));
        });
        json.put("finished", history.isFinished());
        json.put("rounds", table.json());
        json.put("waiting", history.waiting().map(RoundWait::json).orElse(null));
        if (html != null) {
            new RoundPage(job, history).page().write(html);
            json.put("html", html.toString());
        }
        console.result(json, history.rounds().isEmpty() ? "no round has been opened yet" : text(history, table));
    }

    private static String text(RoundHistory history, RoundTable table) {
        return history.job()
                        .map(started -> started.getLineage())
                        .map(lineage -> "continues " + Lineages.text(lineage) + System.lineSeparator())
                        .orElse("")
                + table.text()
                + history.waiting()
                        .map(waiting -> System.lineSeparator() + waiting.text(Instant.now()))
                        .orElse("");
    }
}
