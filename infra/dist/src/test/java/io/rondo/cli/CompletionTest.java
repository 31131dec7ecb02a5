package io.rondo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts are read by the shells themselves, where they are installed. */
class CompletionTest {
    @TempDir
    Path directory;

    @Test
    void shouldCompleteInBash() throws Exception {
        Path script = script("bash");

        // compopt works only while Bash itself asks for a completion
        String ask =
                "source %s; compopt() { :; }; COMP_WORDS=(%s); COMP_CWORD=2; _complete_rondo; echo ${COMPREPLY[@]}";

        assertThat(answer("bash", ask.formatted(script, "rondo job su"))).isEqualTo("submit");
        assertThat(answer("bash", ask.formatted(script, "rondo rounds --fol"))).isEqualTo("--follow");
    }

    @Test
    void shouldCompleteInFish() throws Exception {
        Path script = script("fish");

        assertThat(answer("fish", "source " + script + "; complete -C 'rondo job su'"))
                .startsWith("submit");
        assertThat(answer("fish", "source " + script + "; complete -C 'rondo rounds --fol'"))
                .startsWith("--follow");
        assertThat(answer("fish", "source " + script + "; complete -C 'rondo rounds --lr'"))
                .isEmpty();
    }

    @Test
    void shouldNameTheShellsItKnows() {
        StringWriter err = new StringWriter();

        assertThat(Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), "completion", "cmd"))
                .isEqualTo(2);
        assertThat(err.toString()).containsIgnoringCase("bash, zsh, fish").contains("cmd");
    }

    private Path script(String shell) throws IOException {
        StringWriter out = new StringWriter();
        assertThat(Main.run(new PrintWriter(out), new PrintWriter(new StringWriter()), "completion", shell))
                .isZero();
        return Files.writeString(directory.resolve("rondo." + shell), out.toString());
    }

    private static String answer(String shell, String command) throws IOException, InterruptedException {
        assumeTrue(isInstalled(shell), shell + " is not installed: its completion is not tried");
        Process process = new ProcessBuilder(shell, "-c", command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    private static boolean isInstalled(String shell) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, shell)));
    }
}
