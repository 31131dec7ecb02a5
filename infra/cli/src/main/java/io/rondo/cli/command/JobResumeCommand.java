package io.rondo.cli.command;

import io.rondo.cli.job.JobControl;
import picocli.CommandLine.Command;

@Command(name = "resume", description = "Go on with a paused job.")
final class JobResumeCommand extends JobControlCommand {
    JobResumeCommand() {
        super(JobControl.Action.RESUME);
    }
}
