package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DecisionHeader;
import io.rondo.log.Source;
import io.rondo.log.UpdateAccepted;
import io.rondo.schemas.tensor.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedUpdatesTest {
    private final TestJob job = TestJob.create();

    private UpdateAccepted update(String trainer) {
        DecisionHeader header = new DecisionHeader(0L, new Source("manifests", 0L, Digests.of(), -1L), 0L);
        return new UpdateAccepted(header, 1, 1.0, job.manifest(trainer, "i-" + trainer, 1));
    }

    @Test
    void shouldKeepAListWhenAnotherContinuesIt() {
        AcceptedUpdates one = AcceptedUpdates.of(List.of(update("a")));

        AcceptedUpdates two = one.with(update("b"));
        AcceptedUpdates other = one.with(update("c"));

        assertThat(one.size()).isEqualTo(1);
        assertThat(one.of("b")).isEmpty();
        assertThat(two.of("b")).isPresent();
        assertThat(two.of("c")).isEmpty();
        assertThat(other.of("b")).isEmpty();
        assertThat(other.of("c")).isPresent();
        assertThat(one).isNotEqualTo(two);
    }

    /** The slow twin is a plain list that is copied and searched. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldFindWhatAPlainListHas(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        AcceptedUpdates updates = AcceptedUpdates.of(List.of());
        List<UpdateAccepted> plain = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            UpdateAccepted next = update("t" + random.nextInt(8));
            if (random.nextInt(4) == 0) {
                AttemptId gone = AttemptId.of(next.getManifest());
                updates = updates.without(gone);
                plain.removeIf(known -> AttemptId.of(known.getManifest()).equals(gone));
            } else {
                updates = updates.with(next);
                plain.add(next);
            }
            assertThat(updates.stream()).containsExactlyElementsOf(plain);
            assertThat(updates).isEqualTo(AcceptedUpdates.of(plain));
            for (int trainer = 0; trainer < 8; trainer++) {
                UpdateAccepted wanted = update("t" + trainer);
                AttemptId attempt = AttemptId.of(wanted.getManifest());
                assertThat(updates.of("t" + trainer)).isEqualTo(first(plain, "t" + trainer));
                assertThat(updates.of(attempt)).isEqualTo(first(plain, "t" + trainer));
            }
        }
    }

    private static Optional<UpdateAccepted> first(List<UpdateAccepted> plain, String trainer) {
        return plain.stream()
                .filter(update -> update.getManifest().getTrainer().equals(trainer))
                .findFirst();
    }
}
