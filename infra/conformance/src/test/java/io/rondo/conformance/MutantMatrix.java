package io.rondo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.conformance.reference.Fault;
import io.rondo.conformance.stage.Cluster;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every broken trainer against every scenario: it fails those that its fault names, and no other. Many minutes, so that no build runs it by
 * itself: {@code mvn verify -Dit.test=MutantMatrix}, with {@code -Drondo.conformance.faults=A,B} for some faults alone, and
 * {@code -Drondo.conformance.parallel=N} for so many of them at a time.
 */
class MutantMatrix {
    @TempDir
    private Path directory;

    @Test
    void shouldFailNoOtherScenario() throws Exception {
        List<String> only =
                List.of(System.getProperty("rondo.conformance.faults", "").split(",", -1));
        List<Fault> faults = Arrays.stream(Fault.values())
                .filter(fault -> only.contains("") || only.contains(fault.name()))
                .toList();
        try (Cluster cluster = Cluster.start(directory.resolve("cluster"))) {
            int atOnce = Integer.getInteger("rondo.conformance.parallel", 6);
            assertThat(new Mutants(cluster, directory, Mutants.SHORT, atOnce)
                            .mismatches(faults, fault -> Mutants.shared()))
                    .isEmpty();
        }
    }
}
