package io.rondo.inspect.command;

import com.fasterxml.jackson.annotation.JsonInclude;
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
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "rounds", description = "Show every round of a job, read from the log.")
public final class RoundsCommand extends ConsoleCommand {
    @Mixin
    private ReadOptions options;

    @Option(names = "--follow", description = "Continue with each new round, until the job ends or Ctrl-C.")
    private boolean follow;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a self-contained page with charts.")
    private Path html;

    /** The JSON result. Without a lineage or a page these are left out; where the job waits for nothing, that is null. */
    record Result(
            String job,
            @JsonInclude(JsonInclude.Include.NON_NULL) Lineages.Result lineage,
            boolean finished,
            List<RoundTable.Result> rounds,
            RoundWait.Result waiting,
            @JsonInclude(JsonInclude.Include.NON_NULL) String html) {}

    @Override
    public void run(Console console) {
        RoundHistory history = new RoundHistory();
        String job;
        options.archive().refuse("--follow", follow ? Optional.of("") : Optional.empty(), "an archive does not grow");
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
        if (html != null) {
            new RoundPage(job, history).page().write(html);
        }
        Result result = new Result(
                job,
                history.job()
                        .map(started -> started.getLineage())
                        .map(Lineages::json)
                        .orElse(null),
                history.isFinished(),
                table.json(),
                history.waiting().map(RoundWait::json).orElse(null),
                html == null ? null : html.toString());
        console.result(result, history.rounds().isEmpty() ? "no round has been opened yet" : text(history, table));
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
