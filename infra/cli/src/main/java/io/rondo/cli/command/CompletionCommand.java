package io.rondo.cli.command;

import io.rondo.cli.completion.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Print a script that completes commands and options in a shell.",
        footer = {
            "",
            "bash, zsh   source <(rondo completion bash)",
            "fish        rondo completion fish | source",
            "",
            "For every new shell, put the line into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish."
        })
public final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Shell shell;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(shell.script(spec.root().commandLine()));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
