package io.rondo.cli.command;

import io.rondo.cli.job.JobControl;
import picocli.CommandLine.Command;

@Command(name = "pause", description = "Open no further round of a job until it is resumed.")
final class JobPauseCommand extends JobControlCommand {
    JobPauseCommand() {
        super(JobControl.Action.PAUSE);
    }
}
