package io.rondo.aggregator.simulation;

import io.rondo.log.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/** One partition of a topic. Offsets ascend and may have gaps, as behind a transaction's marker. */
final class SimulatedLog<T extends SpecificRecord> {
    private final List<Entry<T>> entries = new ArrayList<>();
    private long end;

    /**
     * A record in the log.
     *
     * @param value null for bytes that nobody can read
     */
    record Entry<T>(long offset, long timestamp, T value, Sha256 bodyDigest) {}

    long append(T value, Sha256 bodyDigest, long timestamp) {
        entries.add(new Entry<>(end, timestamp, value, bodyDigest));
        return end++;
    }

    /** A transaction ended here. */
    void mark() {
        end++;
    }

    /** The offset that the next record gets. */
    long end() {
        return end;
    }

    /** Whether a record is at this offset or behind it. */
    boolean hasFrom(long offset) {
        return !entries.isEmpty() && entries.get(entries.size() - 1).offset() >= offset;
    }

    /** The first record at this offset or behind it. */
    Entry<T> from(long offset) {
        return entries.get(indexFrom(offset));
    }

    void read(long first, Consumer<Entry<T>> reader) {
        for (int i = indexFrom(first); i < entries.size(); i++) {
            reader.accept(entries.get(i));
        }
    }

    List<Entry<T>> entries() {
        return entries;
    }

    private int indexFrom(long offset) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (entries.get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
