package io.rondo.e2e.kill;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All faults of the matrix. */
final class Faults {
    private Faults() {}

    /** @param smallDisk the cluster's directory where {@link DiskFull} strikes */
    static List<Fault> all(Path smallDisk) {
        List<Fault> faults = new ArrayList<>();
        // a broker reads each partition when it starts again: these come before other jobs fill it
        faults.add(new BrokerKilled());
        faults.add(new OutagePastDeadline());
        faults.add(new AggregatorKilled());
        Stream.of(KillPoint.values()).map(AggregatorKilledAt::new).forEach(faults::add);
        faults.add(ProcessStopped.aggregator());
        faults.add(new AggregatorZombie());
        Stream.of(SecondAggregator.Leaving.values()).map(SecondAggregator::new).forEach(faults::add);
        faults.add(new StateDeleted());
        Stream.of(TrainerCrash.Point.values()).map(TrainerKilledAt::new).forEach(faults::add);
        faults.add(ProcessStopped.trainer());
        faults.add(new TrainerZombie());
        faults.add(new RegistryKilled());
        faults.add(new RegistryAwayAtStart());
        faults.add(new BrokersKilledInTurn());
        faults.add(new DiskFull(smallDisk));
        return faults;
    }

    /** One or two of each kind of process: what a build has the time for. */
    static List<Fault> few() {
        return List.of(
                new AggregatorKilled(),
                new AggregatorKilledAt(KillPoint.MID_FOLD),
                new AggregatorKilledAt(KillPoint.INSIDE_A_TRANSACTION),
                new AggregatorKilledAt(KillPoint.FOLDED_BEFORE_THE_COMMIT),
                new AggregatorKilledAt(KillPoint.PUBLISHED_BEFORE_THE_COMMIT),
                new TrainerKilledAt(TrainerCrash.Point.WITHIN_UPLOAD),
                new RegistryKilled(),
                new BrokerKilled(),
                new StateDeleted());
    }
}
