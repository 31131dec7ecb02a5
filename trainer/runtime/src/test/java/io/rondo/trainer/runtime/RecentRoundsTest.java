package io.rondo.trainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.TensorVersion;
import io.rondo.schemas.serde.LogRecords;
import io.rondo.trainer.runtime.follow.FollowerProgress;
import io.rondo.trainer.runtime.follow.RoundFollower;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecentRoundsTest {
    private static final int ROUNDS = 5_000;

    private final Fake source = new Fake();

    @BeforeAll
    static void trust() {
        LogRecords.trust();
    }

    /** A topic in memory, with gaps as transaction markers leave them. It counts what is read. */
    private static final class Fake implements RecentRounds.Source {
        private final List<SpecificRecord> records = new ArrayList<>();
        private long read;

        void add(SpecificRecord record) {
            records.add(record);
            records.add(null);
        }

        @Override
        public long end() {
            return records.size();
        }

        @Override
        public void readToEnd(long from, Consumer<SpecificRecord> next) {
            for (SpecificRecord record : records.subList((int) from, records.size())) {
                read++;
                if (record != null) {
                    next.accept(record);
                }
            }
        }

        @Override
        public Optional<RecentRounds.Located> publication(long from, long before) {
            return LongStream.range(from, before)
                    .peek(offset -> read++)
                    .filter(offset -> records.get((int) offset) instanceof RoundPublished)
                    .mapToObj(offset -> new RecentRounds.Located(offset, (RoundPublished) records.get((int) offset)))
                    .findFirst();
        }
    }

    private List<SpecificRecord> read(OptionalInt followed) {
        return new RecentRounds(Records.UUID, source).read(followed);
    }

    private static List<Integer> published(List<SpecificRecord> records) {
        return records.stream()
                .filter(RoundPublished.class::isInstance)
                .map(record -> ((RoundPublished) record).getRound())
                .toList();
    }

    /** Which round holds the current value of each of two factors. */
    private enum Method {
        FEDSA,
        FFA,
        ROLORA
    }

    private final Records job = Records.of("fedsa", ROUNDS);

    private RoundPublished publication(Method method, int round) {
        int a =
                switch (method) {
                    case FEDSA -> round;
                    case FFA -> 0;
                    case ROLORA -> round - round % 2;
                };
        int b = method == Method.ROLORA ? Math.max(0, round - 1 + round % 2) : round;
        return RoundPublished.newBuilder(job.published(0, List.<Sha256>of(), List.of(0L, 0L, 0L)))
                .setRound(round)
                .setTensors(List.of(new TensorVersion("a", a), new TensorVersion("b", b)))
                .build();
    }

    private void write(Method method, int rounds) {
        for (int round = 0; round < rounds; round++) {
            source.add(job.opened(round, "a", "b"));
            source.add(publication(method, round));
        }
        source.add(job.opened(rounds, "a", "b"));
    }

    @Test
    void shouldReadAShortTopicAsAWhole() {
        write(Method.FEDSA, 5);

        assertThat(published(read(OptionalInt.empty()))).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldReadTheEndOfALongTopic() {
        write(Method.FEDSA, ROUNDS);

        List<SpecificRecord> recent = read(OptionalInt.empty());

        assertThat(published(recent)).endsWith(ROUNDS - 2, ROUNDS - 1);
        assertThat(((RoundOpened) recent.get(recent.size() - 1)).getRound()).isEqualTo(ROUNDS);
        assertThat(source.read).isLessThan(200);
    }

    @ParameterizedTest
    @CsvSource({"FFA,0", "ROLORA,4998"})
    void shouldFindThePublicationsThatHoldCurrentValues(Method method, int needed) {
        write(method, ROUNDS);

        List<SpecificRecord> recent = read(OptionalInt.empty());

        assertThat(published(recent)).contains(needed);
        RoundPublished newest = (RoundPublished) recent.get(recent.size() - 2);
        assertThat(published(recent))
                .containsAll(newest.getTensors().stream()
                        .map(TensorVersion::getRound)
                        .toList());
        assertThat(source.read).isLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 17, 2_500, 4_900, 4_999})
    void shouldFindTheRoundThatTheTrainerFollowedLast(int followed) {
        write(Method.FEDSA, ROUNDS);

        assertThat(published(read(OptionalInt.of(followed)))).contains(followed);
        assertThat(source.read).isLessThan(400);
    }

    @Test
    void shouldNotFindARoundThatIsNotThere() {
        write(Method.FEDSA, 1_000);

        assertThat(published(read(OptionalInt.of(1_000)))).doesNotContain(1_000).contains(999);
    }

    @Test
    void shouldReadFurtherBackWhereManyRecordsFollowAPublication() {
        write(Method.FEDSA, 1_000);
        for (int i = 0; i < 3_000; i++) {
            source.add(Records.extended(1_000));
        }

        List<SpecificRecord> recent = read(OptionalInt.empty());

        assertThat(published(recent)).contains(999);
        assertThat(recent).anyMatch(record -> record instanceof RoundOpened opened && opened.getRound() == 1_000);
    }

    /** The slow twin reads everything. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLeadAFollowerWhereReadingEverythingLeads(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Method method = Method.values()[random.nextInt(3)];
        int rounds = 50 + random.nextInt(500);
        for (int round = 0; round < rounds; round++) {
            source.add(job.opened(round, "a", "b"));
            if (random.nextInt(5) == 0) {
                source.add(job.opened(round, "a"));
            }
            source.add(publication(method, round));
        }
        if (random.nextBoolean()) {
            source.add(job.opened(rounds, "a", "b"));
        }
        if (random.nextInt(4) == 0) {
            source.add(Records.finished());
        }

        RoundFollower all = new RoundFollower(Records.UUID, "a", "i");
        source.readToEnd(0, all::apply);
        RoundFollower recent = new RoundFollower(Records.UUID, "a", "i");
        read(OptionalInt.empty()).forEach(recent::apply);

        assertThat(recent.latest()).isEqualTo(all.latest());
        assertThat(recent.isOpen(rounds)).isEqualTo(all.isOpen(rounds));
        for (int synced = rounds - 2; synced < rounds; synced++) {
            FollowerProgress progress = new FollowerProgress(synced, 0, OptionalInt.empty());
            assertThat(recent.next(progress)).isEqualTo(all.next(progress));
        }
        all.latest().orElseThrow().getTensors().forEach(tensor -> assertThat(recent.publication(tensor.getRound()))
                .isEqualTo(all.publication(tensor.getRound())));
    }
}
