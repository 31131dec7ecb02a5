package io.rondo.trainer.runtime;

import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TensorVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * Finds what a starting trainer needs of {@code rounds} without reading all of it. That is: the last publication and everything
 * after it, and of the publications before it those that hold current values, and the one that the trainer followed last. The end
 * of the topic is read backwards in growing windows; older publications are found by binary search, since their rounds ascend.
 */
final class RecentRounds {
    /** Some ten rounds: a record that names every trainer of a large job has up to 2 MB. */
    private static final long FIRST_WINDOW = 64;

    private static final int GROWTH = 4;
    /** Beyond this many searches it is simpler to read everything. */
    private static final int MOST_SEARCHES = 32;

    private final String jobUuid;
    private final Source source;

    /** {@code rounds}, from any offset on. */
    interface Source {
        /** The end of the committed records, as of this call. */
        long end();

        /** Reads from an offset to the end as of this call. What is read next follows. */
        void readToEnd(long from, Consumer<SpecificRecord> next);

        /** The first publication from an offset on; empty if there is none before another offset. */
        Optional<Located> publication(long from, long before);
    }

    /** A publication and its offset. */
    record Located(long offset, RoundPublished published) {}

    RecentRounds(String jobUuid, Source source) {
        this.jobUuid = jobUuid;
        this.source = source;
    }

    /**
     * The records, in the order of the log.
     *
     * @param followed a round whose publication is needed too, if it is in the log
     */
    List<SpecificRecord> read(OptionalInt followed) {
        long end = source.end();
        for (long size = FIRST_WINDOW; size < end; size *= GROWTH) {
            long from = end - size;
            List<SpecificRecord> window = readFrom(from);
            Optional<RoundPublished> newest = lastOfWholeRound(window);
            if (newest.isPresent()) {
                Optional<List<SpecificRecord>> older = older(newest.get(), window, followed, from);
                if (older.isEmpty()) {
                    break;
                }
                List<SpecificRecord> all = new ArrayList<>(older.get());
                all.addAll(window);
                return all;
            }
        }
        return readFrom(0);
    }

    private List<SpecificRecord> readFrom(long offset) {
        List<SpecificRecord> records = new ArrayList<>();
        source.readToEnd(offset, records::add);
        return records;
    }

    /** The last publication, if the window also has an opening before it: a signed record answers the last one. */
    private Optional<RoundPublished> lastOfWholeRound(List<SpecificRecord> window) {
        Optional<RoundPublished> last = Optional.empty();
        boolean opened = false;
        for (SpecificRecord record : window) {
            opened = opened
                    || (record instanceof RoundOpened round
                            && round.getJobUuid().equals(jobUuid));
            if (opened && isOfThisJob(record)) {
                last = Optional.of((RoundPublished) record);
            }
        }
        return last;
    }

    private boolean isOfThisJob(SpecificRecord record) {
        return record instanceof RoundPublished published
                && published.getJobUuid().equals(jobUuid);
    }

    /** The needed publications before the window; empty if there are too many to search for. */
    private Optional<List<SpecificRecord>> older(
            RoundPublished newest, List<SpecificRecord> window, OptionalInt followed, long before) {
        NavigableSet<Integer> wanted = new TreeSet<>();
        newest.getTensors().stream().map(TensorVersion::getRound).forEach(wanted::add);
        followed.ifPresent(wanted::add);
        window.stream()
                .filter(this::isOfThisJob)
                .forEach(record -> wanted.remove(((RoundPublished) record).getRound()));
        wanted.removeIf(round -> round > newest.getRound());
        if (wanted.size() > MOST_SEARCHES) {
            return Optional.empty();
        }
        NavigableMap<Integer, SpecificRecord> found = new TreeMap<>();
        for (int round : wanted) {
            search(round, before).ifPresent(published -> found.put(round, published));
        }
        return Optional.of(List.copyOf(found.values()));
    }

    private Optional<RoundPublished> search(int round, long before) {
        long low = 0;
        long high = before;
        // round 0 is at the beginning, and methods with a frozen factor need it for ever
        long probe = round == 0 ? 0 : (low + high) / 2;
        while (low < high) {
            Optional<Located> next = source.publication(probe, high);
            if (next.isPresent()
                    && next.get().published().getRound() == round
                    && isOfThisJob(next.get().published())) {
                return Optional.of(next.get().published());
            }
            if (next.isPresent() && next.get().published().getRound() < round) {
                low = next.get().offset() + 1;
            } else {
                high = probe;
            }
            probe = (low + high) / 2;
        }
        return Optional.empty();
    }
}
