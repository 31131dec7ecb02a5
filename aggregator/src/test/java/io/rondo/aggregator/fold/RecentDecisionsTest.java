package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import io.rondo.schemas.tensor.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class RecentDecisionsTest {
    private static final int WINDOW = 16;

    private final TestJob job = TestJob.create();
    private final List<SpecificRecord> decisions = new ArrayList<>();
    private long parts;
    private long read;

    @Test
    void shouldReadAllOfAShortLog() {
        decisions.add(job.started(header()));
        rounds(0, 6);

        assertThat(find().isLater()).isFalse();
        assertThat(read).isZero();
    }

    @Test
    void shouldBeginBeforeTheLastTwoCompletedRounds() {
        decisions.add(job.started(header()));
        rounds(0, 100);
        decisions.add(opened(100));

        RecentDecisions.Start start = find();

        RoundOpened first = (RoundOpened) decisions.get((int) start.decisions());
        assertThat(first.getRound()).isLessThanOrEqualTo(98);
        assertThat(start.number()).isEqualTo(first.getHeader().getSequence());
        // two parts a round
        assertThat(start.parts()).isEqualTo(2L * first.getRound());
        assertThat(read).isEqualTo(WINDOW);
    }

    @Test
    void shouldGoBackBehindRoundsThatFailed() {
        decisions.add(job.started(header()));
        rounds(0, 50);
        failedRounds(50, 100);

        assertThat(((RoundOpened) decisions.get((int) find().decisions())).getRound())
                .isLessThan(49);
    }

    @Test
    void shouldReadAllWhereNoTwoRoundsAreComplete() {
        decisions.add(job.started(header()));
        rounds(0, 1);
        failedRounds(1, 100);

        assertThat(find().isLater()).isFalse();
    }

    private RecentDecisions.Start find() {
        RecentDecisions.Source source = new RecentDecisions.Source() {
            @Override
            public long end() {
                return decisions.size();
            }

            @Override
            public void readToEnd(long from, ObjLongConsumer<SpecificRecord> next) {
                for (int offset = (int) from; offset < decisions.size(); offset++) {
                    read++;
                    next.accept(decisions.get(offset), offset);
                }
            }
        };
        return new RecentDecisions(source, WINDOW).find();
    }

    private void rounds(int from, int to) {
        for (int round = from; round < to; round++) {
            decisions.add(opened(round));
            parts += 2;
            decisions.add(new RoundCompleted(
                    new DecisionHeader(
                            (long) decisions.size(), new Source(InputTopic.PARTS.id(), parts - 1, null, -1L), 0L),
                    round,
                    1,
                    Digests.of(),
                    Digests.of(),
                    Digests.of(),
                    List.of()));
        }
    }

    private void failedRounds(int from, int to) {
        for (int round = from; round < to; round++) {
            decisions.add(opened(round));
            decisions.add(new RoundFailed(header(), round, "no-quorum", ""));
        }
    }

    private RoundOpened opened(int round) {
        return new RoundOpened(header(), TestJob.UUID, round, 0, List.of("a"), 1, 0L, 10L, 1L, 1, null);
    }

    private DecisionHeader header() {
        return new DecisionHeader((long) decisions.size(), new Source("clock", -1L, null, -1L), 0L);
    }
}
