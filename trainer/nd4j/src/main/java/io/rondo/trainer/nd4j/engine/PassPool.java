package io.rondo.trainer.nd4j.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/** Passes that no thread uses just now, all of one capacity, which grows when more is needed. Safe for any thread. */
final class PassPool implements AutoCloseable {
    private final Function<PassCapacity, EncoderPass> make;
    private final Deque<EncoderPass> idle = new ArrayDeque<>();
    private PassCapacity capacity = new PassCapacity(0, 0, 0);

    PassPool(Function<PassCapacity, EncoderPass> make) {
        this.make = make;
    }

    /** Drops passes that are too small. To be called while all are idle. */
    synchronized void reserve(PassCapacity needed) {
        if (!capacity.holds(needed)) {
            capacity = capacity.with(needed);
            close();
        }
    }

    synchronized EncoderPass borrow() {
        EncoderPass pass = idle.poll();
        return pass == null ? make.apply(capacity) : pass;
    }

    synchronized void giveBack(EncoderPass pass) {
        idle.push(pass);
    }

    @Override
    public synchronized void close() {
        idle.forEach(EncoderPass::close);
        idle.clear();
    }
}
