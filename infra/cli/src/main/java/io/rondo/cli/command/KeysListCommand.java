package io.rondo.cli.command;

import io.rondo.cli.job.JobKeys;
import io.rondo.cli.output.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "The keys of a job: its operator's, its aggregator's, and those of its trainers.")
final class KeysListCommand extends ConsoleCommand {
    @Mixin
    private JobOptions options;

    /** The JSON result. */
    record Result(String job, String operatorKey, String aggregatorKey, Map<String, List<String>> trainers) {}

    @Override
    public void run(Console console) {
        JobKeys.Listing keys = JobKeys.list(options.connection(), options.job());
        List<String> lines = new ArrayList<>();
        lines.add("operator    "
                + (keys.operator().isEmpty() ? "none: records of this job are not signed" : keys.operator()));
        lines.add("aggregator  " + (keys.aggregator().isEmpty() ? "none" : keys.aggregator()));
        keys.trainers().forEach((trainer, some) -> some.forEach(key -> lines.add(trainer + "  " + key)));
        console.result(
                new Result(options.job(), keys.operator(), keys.aggregator(), keys.trainers()),
                String.join(System.lineSeparator(), lines));
    }
}
