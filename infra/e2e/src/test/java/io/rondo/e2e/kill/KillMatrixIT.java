package io.rondo.e2e.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rondo.embedded.BreakableCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is killed, every round is published once, no accepted update is lost, and every adapter works out to the same bits from
 * its acceptance log. A build runs a few faults; {@code -Drondo.kills=long} all of them, and prints the matrix of
 * {@code docs/explanation/robustness.md}. {@code -Drondo.kills.seed}, {@code .strikes} and {@code .faults} choose.
 */
class KillMatrixIT {
    private static final long SEED = Long.getLong("rondo.kills.seed", 17);
    private static final int DISK_MB = 128;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    @DisabledIfSystemProperty(named = "rondo.kills", matches = "long")
    void shouldPublishEveryRoundOnceAfterEachOfAFewFaults() throws Exception {
        try (BreakableCluster cluster = BreakableCluster.start(directory.resolve("cluster"), 1)) {
            List<Row> rows = new Campaign(cluster, directory, SEED).run(Faults.few(), 1);
            print(rows);
            assertThat(rows).allMatch(Row::isSound);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "rondo.kills", matches = "long")
    void shouldPublishEveryRoundOnceWhateverIsKilled() throws Exception {
        List<String> chosen =
                List.of(System.getProperty("rondo.kills.faults", "").split(",", -1));
        List<Row> rows = new ArrayList<>();
        for (Fault.Arena arena : Fault.Arena.values()) {
            Path home = directory.resolve(arena.name());
            List<Fault> faults = Faults.all(home).stream()
                    .filter(fault -> fault.arena() == arena)
                    .filter(fault -> chosen.contains("") || chosen.contains(fault.id()))
                    .toList();
            if (!faults.isEmpty()) {
                rows.addAll(run(arena, home, faults));
            }
        }
        print(rows);
        assertThat(rows).isNotEmpty().allMatch(Row::isSound);
    }

    private List<Row> run(Fault.Arena arena, Path home, List<Fault> faults) throws Exception {
        return switch (arena) {
            case ONE_BROKER -> run(home, 1, faults);
            case THREE_BROKERS -> run(home, 3, faults);
            case SMALL_DISK -> {
                Optional<SmallDisk> disk = SmallDisk.mount(BreakableCluster.brokerDirectory(home, 1), DISK_MB);
                assumeThat(disk)
                        .as("this user may mount a file system of its own")
                        .isPresent();
                try {
                    yield run(home, 1, faults);
                } finally {
                    disk.orElseThrow().close();
                }
            }
        };
    }

    private List<Row> run(Path home, int brokers, List<Fault> faults) throws Exception {
        List<Row> rows = new ArrayList<>();
        try (BreakableCluster cluster = BreakableCluster.start(home, brokers)) {
            for (Fault fault : faults) {
                List<Row> row = new Campaign(cluster, directory, SEED)
                        .run(List.of(fault), Integer.getInteger("rondo.kills.strikes", 10));
                print(row);
                rows.addAll(row);
            }
        }
        return rows;
    }

    private static void print(List<Row> rows) {
        StringBuilder text = new StringBuilder("\nseed " + SEED + '\n').append(Row.HEADER);
        for (Row row : rows) {
            text.append(row).append('\n');
            row.lost()
                    .forEach(finding -> text.append("  lost: ").append(finding).append('\n'));
            row.duplicated()
                    .forEach(finding ->
                            text.append("  duplicated: ").append(finding).append('\n'));
            row.different()
                    .forEach(finding ->
                            text.append("  different: ").append(finding).append('\n'));
        }
        System.out.println(text);
    }
}
