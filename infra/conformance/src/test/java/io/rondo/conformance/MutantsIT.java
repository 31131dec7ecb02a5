package io.rondo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.conformance.reference.Fault;
import io.rondo.conformance.stage.Cluster;
import java.nio.file.Path;
import java.util.List;
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
            assertThat(new Mutants(cluster, directory, 6).mismatches(List.of(Fault.values()), Mutants::finding))
                    .isEmpty();
        }
    }
}
