package io.rondo.schemas.serde;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Ids that the registry does not know, so that a flood of records with the same made-up id costs one request. Entries
 * expire: an id that is made up today may belong to a real schema tomorrow. Bounded, since made-up ids are unlimited.
 */
final class DeniedIds {
    private static final long MEMORY_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int MOST = 10_000;
    /** This many made-up ids within the expiry time are no accident. */
    private static final int FLOOD = 20;

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

    /** Whether so many ids were denied recently that looking up each costs too much. */
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
