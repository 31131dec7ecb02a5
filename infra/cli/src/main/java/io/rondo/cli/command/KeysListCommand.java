package io.rondo.cli.command;

import io.rondo.cli.job.JobKeys;
import io.rondo.cli.output.Console;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "The keys of a job: its operator's, its aggregator's, and those of its trainers.")
final class KeysListCommand extends ConsoleCommand {
    @Mixin
    private JobOptions options;

    @Override
    public void run(Console console) {
        JobKeys.Listing keys = JobKeys.list(options.connection(), options.job());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", options.job());
        json.put("operatorKey", keys.operator());
        json.put("aggregatorKey", keys.aggregator());
        json.put("trainers", keys.trainers());
        List<String> lines = new ArrayList<>();
        lines.add("operator    "
                + (keys.operator().isEmpty() ? "none: records of this job are not signed" : keys.operator()));
        lines.add("aggregator  " + (keys.aggregator().isEmpty() ? "none" : keys.aggregator()));
        keys.trainers().forEach((trainer, some) -> some.forEach(key -> lines.add(trainer + "  " + key)));
        console.result(json, String.join(System.lineSeparator(), lines));
    }
}
