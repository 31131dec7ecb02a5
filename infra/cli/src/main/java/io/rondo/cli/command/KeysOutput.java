package io.rondo.cli.command;

import io.rondo.cli.output.Console;

/** What the commands that change a job's keys print. */
final class KeysOutput {
    /** The JSON result. */
    record Result(String job, String trainer, String publicKey, String action, boolean decided) {}

    private KeysOutput() {}

    static void show(Console console, TrainerKeyOptions options, String action, boolean decided) {
        console.result(
                new Result(options.job(), options.trainer(), options.publicKey().toString(), action, decided),
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
