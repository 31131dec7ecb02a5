package io.rondo.aggregator.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.aggregator.TestJob;
import io.rondo.log.DecisionHeader;
import io.rondo.log.OffsetRange;
import io.rondo.log.Source;
import io.rondo.log.TensorChunk;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateManifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkStashTest {
    private static final int ROUND = 1;
    private static final long PLENTY = 1L << 30;
    /** Of a chunk of 32 bytes in the stash. */
    private static final long CHUNK = 32 + 512;

    private final TestJob job = TestJob.create();
    private final FakeRoundTopics topics = new FakeRoundTopics(1);
    private final List<TensorChunk> log = new ArrayList<>();

    @Test
    void shouldReadInterleavedUpdatesOnce() {
        List<UpdateManifest> updates = upload(6, new Random(1));
        ChunkStash stash = new ChunkStash(topics, 0, () -> PLENTY, TestJob.CHUNK_BYTES);

        updates.forEach(update -> assertThat(read(stash, update)).isEqualTo(chunksOf(update)));

        assertThat(topics.records()).isEqualTo(log.size());
    }

    @Test
    void shouldReadAgainWhatWasGivenBefore() {
        List<UpdateManifest> updates = upload(3, new Random(2));
        ChunkStash stash = new ChunkStash(topics, 0, () -> PLENTY, TestJob.CHUNK_BYTES);
        updates.forEach(update -> read(stash, update));

        updates.forEach(update -> assertThat(read(stash, update)).isEqualTo(chunksOf(update)));
    }

    @Test
    void shouldKeepTheUpdatesWhoseTurnComesFirst() {
        List<UpdateManifest> updates = upload(9, new Random(3));
        long chunks = chunksOf(updates.get(0)).size();
        ChunkStash stash = new ChunkStash(topics, 0, () -> 4 * chunks * CHUNK, TestJob.CHUNK_BYTES);
        stash.expect(accepted(updates));
        read(stash, updates.get(0));
        int before = topics.records();

        for (UpdateManifest update : updates.subList(1, 4)) {
            assertThat(read(stash, update)).isEqualTo(chunksOf(update));
        }

        assertThat(topics.records() - before).isLessThan(log.size());
    }

    @Test
    void shouldReadAheadOnceAndNothingAgain() {
        List<UpdateManifest> updates = upload(5, new Random(6));
        ChunkStash stash = new ChunkStash(topics, 0, () -> PLENTY, TestJob.CHUNK_BYTES);
        while (stash.readAhead(ROUND)) {
            // until all is there
        }
        assertThat(topics.records()).isEqualTo(log.size());

        updates.forEach(update -> assertThat(read(stash, update)).isEqualTo(chunksOf(update)));

        assertThat(topics.records()).isEqualTo(log.size());
    }

    @Test
    void shouldReadAheadNoMoreThanThereIsMemoryFor() {
        List<UpdateManifest> updates = upload(9, new Random(7));
        long chunks = chunksOf(updates.get(0)).size();
        ChunkStash stash = new ChunkStash(topics, 0, () -> 4 * chunks * CHUNK, TestJob.CHUNK_BYTES);
        while (stash.readAhead(ROUND)) {
            // until there is no room
        }
        assertThat(topics.records()).isBetween(2 * (int) chunks, 5 * (int) chunks);

        updates.forEach(update -> assertThat(read(stash, update)).isEqualTo(chunksOf(update)));
    }

    @Test
    void shouldReadAheadOfTheNextRoundFromItsBeginning() {
        List<UpdateManifest> updates = upload(2, new Random(8));
        ChunkStash stash = new ChunkStash(topics, 0, () -> PLENTY, TestJob.CHUNK_BYTES);
        stash.readAhead(ROUND);

        assertThat(stash.readAhead(ROUND + 1)).as("nothing is there yet").isFalse();

        updates.forEach(update -> assertThat(read(stash, update)).isEqualTo(chunksOf(update)));
    }

    @Test
    void shouldNotGiveWhatLiesOutsideOfTheRange() {
        List<UpdateManifest> updates = upload(3, new Random(4));
        ChunkStash stash = new ChunkStash(topics, 0, () -> PLENTY, TestJob.CHUNK_BYTES);
        read(stash, updates.get(0));
        UpdateManifest second = updates.get(1);
        OffsetRange all = second.getRanges().get(0);
        UpdateManifest shorter = UpdateManifest.newBuilder(second)
                .setRanges(List.of(new OffsetRange(0, all.getFirst() + 1, all.getLast() - 1)))
                .build();

        assertThat(read(stash, shorter))
                .isEqualTo(chunksOf(shorter))
                .hasSize(chunksOf(second).size() - 2);
    }

    @Test
    void shouldSurviveARangeBeyondTheEndOfTheLog() {
        List<UpdateManifest> updates = upload(2, new Random(5));
        ChunkStash stash = new ChunkStash(topics, 0, () -> PLENTY, TestJob.CHUNK_BYTES);
        UpdateManifest beyond = UpdateManifest.newBuilder(updates.get(0))
                .setRanges(List.of(new OffsetRange(0, 1_000_000_000L, 1_000_000_009L)))
                .build();

        assertThat(read(stash, beyond)).isEmpty();
        assertThat(read(stash, updates.get(1))).isEqualTo(chunksOf(updates.get(1)));
    }

    /** Whatever the memory and the order of acceptance, what is found is what a search of the log finds. */
    @ParameterizedTest
    @ValueSource(longs = {0, CHUNK, 5 * CHUNK, 20 * CHUNK, 60 * CHUNK, PLENTY})
    void shouldFindTheSameWithAnyMemory(long budget) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<UpdateManifest> updates = upload(2 + random.nextInt(8), random);
            Collections.shuffle(updates, random);
            ChunkStash stash = new ChunkStash(topics, 0, () -> budget, TestJob.CHUNK_BYTES);
            for (int i = 0; i < updates.size(); i++) {
                if (random.nextBoolean()) {
                    stash.expect(accepted(updates.subList(i, i + random.nextInt(updates.size() - i + 1))));
                }
                UpdateManifest update = updates.get(random.nextInt(4) == 0 ? random.nextInt(updates.size()) : i);
                assertThat(read(stash, update)).as("seed " + seed).isEqualTo(chunksOf(update));
            }
        }
    }

    @Test
    void shouldFindTheSameWhenTheMemoryChanges() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            List<UpdateManifest> updates = upload(2 + random.nextInt(8), random);
            ChunkStash stash = new ChunkStash(topics, 0, () -> random.nextInt(4) * 5L * CHUNK, TestJob.CHUNK_BYTES);
            for (UpdateManifest update : updates) {
                stash.expect(accepted(List.of(update)));
                assertThat(read(stash, update)).as("seed " + seed).isEqualTo(chunksOf(update));
            }
        }
    }

    /** Uploads of this many trainers, their chunks as they come; the manifests in the order of their last chunks. */
    private List<UpdateManifest> upload(int trainers, Random random) {
        int uploads = log.size();
        List<List<TensorChunk>> left = new ArrayList<>();
        for (int trainer = 0; trainer < trainers; trainer++) {
            String id = "t-" + trainer;
            left.add(new ArrayList<>(job.chunks(id, "at-" + uploads + "-" + id, ROUND, job.values(id, ROUND))));
        }
        List<UpdateManifest> manifests = new ArrayList<>();
        while (!left.isEmpty()) {
            List<TensorChunk> upload = left.get(random.nextInt(left.size()));
            TensorChunk chunk = upload.remove(0);
            topics.append(List.of(chunk));
            log.add(chunk);
            if (upload.isEmpty()) {
                left.remove(upload);
                manifests.add(manifest(chunk));
            }
        }
        return manifests;
    }

    private UpdateManifest manifest(TensorChunk last) {
        int first = 0;
        while (!log.get(first).getAttempt().equals(last.getAttempt())) {
            first++;
        }
        return UpdateManifest.newBuilder(job.manifest(last.getTrainer(), "i", ROUND, List.of(last), 0))
                .setAttempt(last.getAttempt())
                .setRanges(List.of(new OffsetRange(0, (long) first, log.size() - 1L)))
                .build();
    }

    private static List<UpdateAccepted> accepted(List<UpdateManifest> manifests) {
        DecisionHeader header = new DecisionHeader(0L, new Source("manifests", 0L, null, -1L), 0L);
        return manifests.stream()
                .map(manifest -> new UpdateAccepted(header, ROUND, 1.0, manifest))
                .toList();
    }

    private static List<TensorChunk> read(ChunkStash stash, UpdateManifest update) {
        List<TensorChunk> chunks = new ArrayList<>();
        // the values are the stash's, which uses their memory again
        stash.read(update, update.getRanges().get(0), new ChunkStash.Visitor() {
            @Override
            public void visit(TensorChunk chunk) {
                chunks.add(TensorChunk.newBuilder(chunk).build());
            }

            @Override
            public boolean wantsMore() {
                return true;
            }
        });
        return chunks;
    }

    /** The slow twin: looks at every record of the log. */
    private List<TensorChunk> chunksOf(UpdateManifest update) {
        OffsetRange range = update.getRanges().get(0);
        List<TensorChunk> found = new ArrayList<>();
        for (int offset = 0; offset < log.size(); offset++) {
            if (offset >= range.getFirst()
                    && offset <= range.getLast()
                    && log.get(offset).getAttempt().equals(update.getAttempt())) {
                found.add(log.get(offset));
            }
        }
        return found;
    }
}
