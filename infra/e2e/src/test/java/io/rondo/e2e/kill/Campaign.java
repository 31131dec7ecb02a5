package io.rondo.e2e.kill;

import io.rondo.embedded.BreakableCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Strikes one federation with faults, one after the other, and takes the census when all of it is over. */
final class Campaign {
    private static final int LONGEST_PAUSE_MS = 600;

    private final BreakableCluster cluster;
    private final Path directory;
    private final long seed;

    /** @param directory where the federations keep their state */
    Campaign(BreakableCluster cluster, Path directory, long seed) {
        this.cluster = cluster;
        this.directory = directory;
        this.seed = seed;
    }

    /**
     * A federation's life.
     *
     * @param strikes how often each fault strikes
     * @return a row for each fault
     */
    List<Row> run(List<Fault> faults, int strikes) throws Exception {
        String job = "kills-" + UUID.randomUUID().toString().substring(0, 8);
        List<String> settings =
                faults.stream().flatMap(fault -> fault.settings().stream()).toList();
        List<Struck> struck = new ArrayList<>();
        try (Federation federation = new Federation(cluster, directory.resolve(job), job, settings, seed)) {
            federation.awaitRounds(3);
            for (Fault fault : faults) {
                struck.add(strike(federation, fault, strikes));
            }
            federation.finish();
            Census census = Census.of(federation.connection(), federation.topics());
            return struck.stream().map(each -> each.row(census)).toList();
        }
    }

    private Struck strike(Federation federation, Fault fault, int strikes) throws Exception {
        SplittableRandom random = new SplittableRandom(seed + fault.id().hashCode());
        int first = federation.published() + 1;
        List<Long> recoveries = new ArrayList<>();
        for (int strike = 0; strike < strikes; strike++) {
            Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
            long since = fault.strike(federation, random);
            recoveries.add(federation.awaitRecovery(since));
            System.out.println(fault.id() + ": round " + federation.published() + " after "
                    + recoveries.get(recoveries.size() - 1) + " ms");
            fault.settle(federation);
        }
        federation.awaitRounds(1);
        return new Struck(fault, first, federation.published(), recoveries);
    }

    private record Struck(Fault fault, int first, int last, List<Long> recoveries) {
        Row row(Census census) {
            return new Row(
                    fault.id(),
                    last - first + 1,
                    within(census.lost()),
                    within(census.duplicated()),
                    within(census.different()),
                    recoveries);
        }

        /** What belongs to no round counts everywhere. */
        private List<Census.Finding> within(List<Census.Finding> findings) {
            return findings.stream()
                    .filter(finding -> finding.round() < 0 || finding.isWithin(first, last))
                    .toList();
        }
    }
}
