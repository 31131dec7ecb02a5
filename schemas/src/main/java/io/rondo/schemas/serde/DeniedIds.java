package io.rondo.schemas.serde;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Ids that the registry has denied, so that a flood of records with the same made-up id costs one question. Remembered for
 * a while only: an id that someone made up today is a real schema's tomorrow. Bounded, since made-up ids have no end.
 */
final class DeniedIds {
    private static final long MEMORY_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MOST = 10_000;
    /** So many made-up ids within the time of memory are no accident. */
    private static final int FLOOD = 100;

    private final LongSupplier nanoClock;
    private final Map<Integer, Long> deniedAt = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Long> eldest) {
            return size() > MOST;
        }
    };

    DeniedIds(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    synchronized void add(int id) {
        deniedAt.remove(id);
        deniedAt.put(id, nanoClock.getAsLong());
    }

    /** Whether so many were denied of late that asking for each costs too much. */
    synchronized boolean isFlooded() {
        long now = nanoClock.getAsLong();
        Iterator<Long> eldest = deniedAt.values().iterator();
        while (eldest.hasNext() && now - eldest.next() > MEMORY_NANOS) {
            eldest.remove();
        }
        return deniedAt.size() >= FLOOD;
    }

    synchronized boolean contains(int id) {
        Long at = deniedAt.get(id);
        if (at != null && nanoClock.getAsLong() - at > MEMORY_NANOS) {
            deniedAt.remove(id);
            return false;
        }
        return at != null;
    }
}
