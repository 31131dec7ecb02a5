package io.rondo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldSayWhichModuleBringsACommandThatIsNotInstalled() {
        int status = run(List.of(), "demo", "--rounds", "3");

        assertThat(status).isEqualTo(Failures.EXIT_FAILED);
        assertThat(err.toString()).contains("error[command-not-installed]", "'rondo demo'", "rondo-demo");
    }

    @Test
    void shouldRunTheCommandsOfAModule() {
        assertThat(run(List.of(new Greeting()), "demo")).isZero();
        assertThat(run(List.of(new Greeting()), "job", "greet")).isZero();

        assertThat(out.toString()).isEqualTo("hello\nhello from a job\n");
    }

    private int run(List<CommandModule> modules, String... arguments) {
        CommandLine line = Commands.line(modules);
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    static final class Greeting implements CommandModule {
        @Override
        public List<Contribution> commands() {
            return List.of(Contribution.of(Hello.class), new Contribution("job", HelloFromAJob.class));
        }
    }

    @Command(name = "demo")
    public static final class Hello extends ConsoleCommand {
        @Override
        public void run(Console console) {
            console.result(Map.of(), "hello");
        }
    }

    @Command(name = "greet")
    public static final class HelloFromAJob extends ConsoleCommand {
        @Override
        public void run(Console console) {
            console.result(Map.of(), "hello from a job");
        }
    }
}
