package io.rondo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.conformance.reference.Fault;
import io.rondo.conformance.stage.Cluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every broken trainer is found by its scenarios. {@link MutantMatrix} plays all others against each as well. */
@Tag("thorough")
class MutantsIT {
    @TempDir
    private Path directory;

    @Test
    void shouldFindEveryFault() throws Exception {
        try (Cluster cluster = Cluster.start(directory.resolve("cluster"))) {
            Set<Fault> mismatches = new Mutants(cluster, directory.resolve("all"), Mutants.SHORT, 6)
                    .mismatches(List.of(Fault.values()), Mutants::finding)
                    .keySet();
            // on a slow machine a fault may show after the short time of many at once
            assertThat(new Mutants(cluster, directory.resolve("again"), Mutants.LONG, 1)
                            .mismatches(List.copyOf(mismatches), Mutants::finding))
                    .isEmpty();
        }
    }
}
