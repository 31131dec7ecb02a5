package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.output.Failures;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The base of all commands: the console, {@code --json}, and failure handling. */
public abstract class ConsoleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print the result as one JSON object; progress goes to standard error.")
    private boolean json;

    @Override
    public final Integer call() {
        Console console = new Console(
                spec.commandLine().getOut(), spec.commandLine().getErr(), json ? Console.Form.JSON : Console.Form.TEXT);
        try {
            run(console);
            return 0;
        } catch (RuntimeException | Error failure) {
            return Failures.report(console, failure);
        }
    }

    /** Does the work. @throws io.rondo.schemas.error.RondoException when it fails in a way that a user can fix */
    public abstract void run(Console console);
}
