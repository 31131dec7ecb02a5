package io.rondo.trainer.nd4j.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * What a layer writes in its forward, by name. A layer that must remember it until its backward has buffers of its own;
 * layers without a backward share one set. Used by one thread.
 */
final class LayerBuffers implements AutoCloseable {
    private final Map<String, NativeFloats> buffers = new HashMap<>();

    /** The buffer of a name; whoever asks again must ask for the same length. */
    NativeFloats of(String name, long length) {
        NativeFloats buffer = buffers.computeIfAbsent(name, key -> NativeFloats.allocate(length));
        if (buffer.length() != length) {
            throw new IllegalStateException("buffer " + name + " has " + buffer.length() + " elements, not " + length);
        }
        return buffer;
    }

    @Override
    public void close() {
        buffers.values().forEach(NativeFloats::close);
    }
}
