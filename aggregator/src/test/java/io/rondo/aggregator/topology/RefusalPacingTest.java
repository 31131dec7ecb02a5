package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.round.Answering;
import org.junit.jupiter.api.Test;

class RefusalPacingTest {
    private final RefusalPacing pacing = new RefusalPacing();

    @Test
    void shouldAnswerSoManyASecondAlone() {
        refuse(99);
        assertThat(pacing.next(10, 50)).isEqualTo(Answering.ALONE);
        refuse(1);
        assertThat(pacing.next(999, 50)).isEqualTo(Answering.UNADDRESSED_TOGETHER);
        assertThat(pacing.next(1_000, 50)).isEqualTo(Answering.ALONE);
    }

    /** Where a trainer waits for the answer, ten times as many, or as many as the job has trainers. */
    @Test
    void shouldAnswerMoreTrainersAlone() {
        refuse(1_000);
        assertThat(pacing.next(20, 50)).isEqualTo(Answering.TOGETHER);
        assertThat(pacing.next(20, 10_000)).isEqualTo(Answering.UNADDRESSED_TOGETHER);
        refuse(9_000);
        assertThat(pacing.next(20, 10_000)).isEqualTo(Answering.TOGETHER);
    }

    @Test
    void shouldGoOnWhenTheClockIsSetBack() {
        pacing.next(1_000_000, 50);
        refuse(1_000);

        assertThat(pacing.next(2_000, 50)).isEqualTo(Answering.ALONE);
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            pacing.refused();
        }
    }
}
