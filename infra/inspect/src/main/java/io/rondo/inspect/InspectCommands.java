package io.rondo.inspect;

import io.rondo.cli.CommandModule;
import io.rondo.inspect.command.DiffCommand;
import io.rondo.inspect.command.JobForkCommand;
import io.rondo.inspect.command.ReplayCommand;
import io.rondo.inspect.command.RoundCommand;
import io.rondo.inspect.command.RoundsCommand;
import io.rondo.inspect.command.SimilarityCommand;
import io.rondo.inspect.command.TrainersCommand;
import io.rondo.inspect.command.VerifyCommand;
import java.util.List;

/** The commands of this module. */
public final class InspectCommands implements CommandModule {
    @Override
    public List<Contribution> commands() {
        return List.of(
                Contribution.of(RoundsCommand.class),
                Contribution.of(RoundCommand.class),
                Contribution.of(TrainersCommand.class),
                Contribution.of(DiffCommand.class),
                Contribution.of(SimilarityCommand.class),
                Contribution.of(VerifyCommand.class),
                Contribution.of(ReplayCommand.class),
                new Contribution("job", JobForkCommand.class));
    }
}
