package io.rondo.cli.command;

import io.rondo.cli.job.JobControl;
import picocli.CommandLine.Command;

@Command(name = "abort", description = "End a job for good; the open round is given up, the log stays.")
final class JobAbortCommand extends JobControlCommand {
    JobAbortCommand() {
        super(JobControl.Action.ABORT);
    }
}
