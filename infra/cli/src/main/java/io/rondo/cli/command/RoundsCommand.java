package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.replay.OpenLog;
import io.rondo.cli.rounds.DecisionLog;
import io.rondo.cli.rounds.RoundHistory;
import io.rondo.cli.rounds.RoundTable;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.topic.JobTopics;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "rounds", description = "Show every round of a job, read from the log.")
public final class RoundsCommand extends ConsoleCommand {
    @Mixin
    private LogOptions options;

    @Override
    void run(Console console) {
        try (OpenLog log = options.open(console)) {
            show(log.connection(), log.job(), console);
        }
    }

    private static void show(LogConnection connection, String job, Console console) {
        RoundHistory history = new RoundHistory();
        try (Admin admin = connection.admin();
                RecordCodec codec = connection.codec(SchemaRegistration.LOOK_UP_ONLY)) {
            JobTopics topics = Jobs.topics(admin, job);
            try (DecisionLog log = new DecisionLog(connection, codec, topics)) {
                log.readToEnd(history::apply);
            }
        }
        RoundTable table = new RoundTable(history.rounds());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", job);
        json.put("finished", history.isFinished());
        json.put("rounds", table.json());
        console.result(json, history.rounds().isEmpty() ? "no round has been opened yet" : table.text());
    }
}
