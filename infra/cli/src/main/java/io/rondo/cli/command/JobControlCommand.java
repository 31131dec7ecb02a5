package io.rondo.cli.command;

import io.rondo.cli.job.JobControl;
import io.rondo.cli.output.Console;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that steer a running job share. */
abstract class JobControlCommand extends ConsoleCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final JobControl.Action action;

    @Mixin
    private JobOptions options;

    @Mixin
    private KeyOptions key;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "The reason, which is logged.")
    private String reason;

    JobControlCommand(JobControl.Action action) {
        this.action = action;
    }

    /** The JSON result. */
    record Result(String job, String action, boolean decided) {}

    @Override
    public final void run(Console console) {
        String job = options.job();
        boolean decided = new JobControl(options.connection(), PATIENCE, key.key()).request(job, action, reason);
        console.result(
                new Result(job, action.name().toLowerCase(Locale.ROOT), decided),
                decided ? done(job) : "written to the log; takes effect when an aggregator of the job runs");
    }

    private String done(String job) {
        return switch (action) {
            case PAUSE ->
                "job %s is paused; the open round is still completed%n  next: rondo job resume --job %s"
                        .formatted(job, job);
            case RESUME -> "job %s is resumed".formatted(job);
            case ABORT -> "job %s is aborted; its log stays%n  next: rondo verify --job %s".formatted(job, job);
        };
    }
}
