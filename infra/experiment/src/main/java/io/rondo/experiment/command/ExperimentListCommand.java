package io.rondo.experiment.command;

import io.rondo.cli.command.ConsoleCommand;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Table;
import io.rondo.experiment.ShippedExperiments;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(name = "list", description = "The experiments that come with Rondo.")
public final class ExperimentListCommand extends ConsoleCommand {
    @Override
    public void run(Console console) {
        Map<String, String> questions = ShippedExperiments.questions();
        Table table = new Table("name", "question");
        questions.forEach(table::row);
        console.result(Map.of("experiments", questions), table.toString());
    }
}
