package io.rondo.cli.command;

import io.rondo.cli.job.JobFile;
import io.rondo.cli.output.Console;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "init", description = "Write a job file with every key, its default and its meaning.")
final class JobInitCommand extends ConsoleCommand {
    @Parameters(paramLabel = "FILE", defaultValue = "job.yaml", description = "Default: ${DEFAULT-VALUE}.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting that differs from the default; may be repeated.")
    private List<String> settings = new ArrayList<>();

    /** The JSON result. */
    record Result(String file) {}

    @Override
    public void run(Console console) {
        List<String> all = new ArrayList<>(List.of("name=my-job"));
        all.addAll(settings);
        String text = JobFile.render(JobFile.of(all));
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "there is a file " + file + " already", "give another name", e);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG, "cannot write " + file + ": " + e, "check the directory and its rights", e);
        }
        console.result(new Result(file.toString()), "wrote " + file + "; edit it, then: rondo job submit " + file);
    }
}
