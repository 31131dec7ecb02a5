package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.log.UpdateRejected;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionLinesTest {
    private static final DecisionHeader HEADER = new DecisionHeader(7L, new Source("clock", -1L, null, -1L), 0L);

    @Test
    void shouldSayWhichTrainersARoundIsFor() {
        RoundOpened opened = new RoundOpened(HEADER, "uuid", 3, 2, List.of("lab", "ward"), 2, 0L, 1L, 10L, 1, null);

        assertThat(DecisionLines.of(opened)).hasValue("[round 3] opened for lab, ward");
    }

    @Test
    void shouldCountTrainersWhomNobodyWouldRead() {
        List<String> many = Collections.nCopies(1_000, "lab");
        RoundOpened opened = new RoundOpened(HEADER, "uuid", 3, 2, many, 2, 0L, 1L, 10L, 1, null);

        assertThat(DecisionLines.of(opened)).hasValue("[round 3] opened for 1000 trainers");
    }

    @Test
    void shouldSayWhyAnUpdateDoesNotCount() {
        UpdateRejected late = new UpdateRejected(HEADER, 3, "lab", "i", "a", "LATE", "5 ms after the deadline", false);
        UpdateRejected faulty = new UpdateRejected(HEADER, 3, "lab", "i", "a", "NON_FINITE", "element 9", true);

        assertThat(DecisionLines.of(late))
                .hasValue("[round 3] rejected the update of lab: LATE, 5 ms after the deadline");
        assertThat(DecisionLines.of(faulty)).hasValue("[round 3] revoked the update of lab: NON_FINITE, element 9");
    }
}
