package io.rondo.cli;

import io.rondo.cli.command.VersionCommand;
import io.rondo.cli.output.Failures;
import io.rondo.cli.output.LogFormat;
import io.rondo.schemas.client.Secrets;
import io.rondo.schemas.natives.NativeLibraries;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
        name = "rondo",
        description = "Federated LoRA on an event log.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = VersionCommand.Provider.class)
public final class Main {
    Main() {}

    public static void main(String[] args) {
        LogFormat.choose(List.of(args), System.getenv(LogFormat.VARIABLE));
        // UTF-8 whatever the locale: the round table has characters beyond ASCII.
        PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        NativeLibraries.ofUser().ifPresent(NativeLibraries::useEverywhere);
        System.exit(run(out, err, args));
    }

    /** Runs one command and returns its exit code: 0, 1 for a failure with a code, 2 for usage, 70 for a fault. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return Commands.line(Commands.installed())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((failure, given) -> refuse(failure))
                .execute(args);
    }

    /** A wrong option in two lines: the whole usage text would hide the error. */
    private static int refuse(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        boolean isCommandMissing =
                !command.getSubcommands().isEmpty() && !(failure instanceof UnmatchedArgumentException);
        if (isCommandMissing) {
            command.usage(err);
            return Failures.EXIT_USAGE;
        }
        err.println("error: " + Secrets.withoutUserInfo(failure.getMessage()));
        if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
            err.println("  next: see " + command.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return Failures.EXIT_USAGE;
    }
}
