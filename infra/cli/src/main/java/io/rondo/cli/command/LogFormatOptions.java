package io.rondo.cli.command;

import io.rondo.cli.output.LogFormat;
import picocli.CommandLine.Option;

/** What the log lines of a process that runs for long look like. */
final class LogFormatOptions {
    @Option(
            names = LogFormat.OPTION,
            paramLabel = "text|json",
            defaultValue = "${env:" + LogFormat.VARIABLE + ":-text}",
            description =
                    "Log lines as text, or as JSON with an object a line. The keys are job, round, trainer and attempt."
                            + " Default: $$" + LogFormat.VARIABLE + " or text.")
    private String format;

    /**
     * The format is in force since the process started. @throws io.rondo.schemas.error.RondoException when there is
     * none of this name
     */
    void check() {
        LogFormat.of(format);
    }
}
