package io.rondo.inspect.command;

import io.rondo.cli.CommandModule;
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
                Contribution.of(ReceiptCommand.class),
                Contribution.of(ReplayCommand.class),
                new Contribution("job", JobForkCommand.class));
    }
}
