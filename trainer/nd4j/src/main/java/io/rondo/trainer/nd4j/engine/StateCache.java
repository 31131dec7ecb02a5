package io.rondo.trainer.nd4j.engine;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * States of examples at the lowest adapted layer of one model, as many as a bound of memory allows; what came first stays.
 * Engines of the same model and the same lowest layer may share one. Safe for any thread.
 */
public final class StateCache implements AutoCloseable {
    private final Map<TokenIds, NativeFloats> states = new ConcurrentHashMap<>();
    private final AtomicLong bytesLeft;

    public StateCache(long bytes) {
        this.bytesLeft = new AtomicLong(bytes);
    }

    /** One that holds nothing. */
    public static StateCache none() {
        return new StateCache(0);
    }

    Optional<NativeFloats> find(TokenIds example) {
        return Optional.ofNullable(states.get(example));
    }

    /** Copies some states, if there is room. */
    void offer(TokenIds example, NativeFloats computed, int count) {
        long bytes = (long) count * Float.BYTES;
        if (bytesLeft.addAndGet(-bytes) < 0) {
            bytesLeft.addAndGet(bytes);
            return;
        }
        NativeFloats copy = NativeFloats.allocate(count);
        copy.write(0, computed, 0, count);
        if (states.putIfAbsent(example, copy) != null) {
            // another thread was faster, with the same bytes
            copy.close();
            bytesLeft.addAndGet(bytes);
        }
    }

    /** Examples in the cache. */
    int size() {
        return states.size();
    }

    @Override
    public void close() {
        states.values().forEach(NativeFloats::close);
        states.clear();
    }
}
