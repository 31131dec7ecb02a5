package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.RoundOpened;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CohortTest {
    private static final int TRAINERS = 1_000;

    private final List<String> trainers =
            IntStream.range(0, TRAINERS).mapToObj("t-%04d"::formatted).toList();

    private Cohort cohort() {
        return new Cohort(new RoundOpened(null, TestJob.UUID, 1, 0, trainers, TRAINERS, 0L, 0L, 1L, 1, null));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1, 2})
    void shouldLookAtEachTrainerAboutOnceWhileTheyAnswer(long order) {
        Cohort cohort = cohort();
        List<String> arriving = new ArrayList<>(trainers);
        if (order >= 0) {
            Collections.shuffle(arriving, new Random(order));
        }
        Set<String> answered = new HashSet<>();
        int[] looked = {0};

        for (String trainer : arriving) {
            answered.add(trainer);
            boolean all = cohort.allMatch(each -> {
                looked[0]++;
                return answered.contains(each);
            });
            assertThat(all).isEqualTo(answered.size() == TRAINERS);
        }

        assertThat(looked[0]).isLessThanOrEqualTo(3 * TRAINERS);
    }

    @Test
    void shouldNoticeAnAnswerThatWasTakenBack() {
        Cohort cohort = cohort();
        assertThat(cohort.allMatch(trainer -> !trainer.equals("t-0500"))).isFalse();

        assertThat(cohort.allMatch(trainer -> !trainer.equals("t-0003"))).isFalse();
        assertThat(cohort.allMatch(trainer -> true)).isTrue();
        assertThat(cohort.contains("t-0003")).isTrue();
        assertThat(cohort.contains("x")).isFalse();
    }
}
