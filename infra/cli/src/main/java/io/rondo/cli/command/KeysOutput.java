package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the commands that change a job's keys print. */
final class KeysOutput {
    private KeysOutput() {}

    static void show(Console console, TrainerKeyOptions options, String action, boolean decided) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", options.job());
        json.put("trainer", options.trainer());
        json.put("publicKey", options.publicKey().toString());
        json.put("action", action);
        json.put("decided", decided);
        console.result(
                json,
                decided
                        ? "trainer " + options.trainer()
                                + switch (action) {
                                    case "add" -> " may sign with ";
                                    case "rotate" -> " signs from now on with nothing but ";
                                    default -> " may no longer sign with ";
                                }
                                + options.publicKey()
                        : "written to the log; takes effect when an aggregator of the job runs");
    }
}
