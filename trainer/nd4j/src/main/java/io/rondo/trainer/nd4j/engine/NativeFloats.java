package io.rondo.trainer.nd4j.engine;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Floats outside the heap, with an address for BLAS and a view for the kernels, which stage rows of them in heap arrays.
 * Either an ND4J array or a mapped, read-only part of a file. Indices are elements.
 */
final class NativeFloats implements AutoCloseable {
    private final Object owner;
    private final long address;
    private final FloatBuffer view;

    private NativeFloats(Object owner, long address, FloatBuffer view) {
        this.owner = owner;
        this.address = address;
        this.view = view;
    }

    /** Zeros. */
    static NativeFloats allocate(long length) {
        int elements = Math.toIntExact(length);
        INDArray array = Nd4j.zeros(DataType.FLOAT, Math.max(1, elements));
        FloatPointer pointer = new FloatPointer(array.data().addressPointer());
        pointer.position(0).limit(elements);
        return new NativeFloats(array, pointer.address(), pointer.asBuffer());
    }

    /** @param mapped a direct buffer; it stays mapped as long as this object is reachable */
    static NativeFloats of(FloatBuffer mapped) {
        if (!mapped.isDirect()) {
            throw new IllegalArgumentException("a buffer on the heap has no address");
        }
        return new NativeFloats(mapped, new FloatPointer(mapped).address(), mapped);
    }

    long at(long index) {
        return address + index * Float.BYTES;
    }

    /** Zeros, again. */
    void clear() {
        float[] zeros = new float[Math.min(length(), 4096)];
        for (int i = 0; i < length(); i += zeros.length) {
            view.put(i, zeros, 0, Math.min(zeros.length, length() - i));
        }
    }

    /** Copies from another one. */
    void write(int index, NativeFloats from, int fromIndex, int count) {
        view.put(index, from.view, fromIndex, count);
    }

    int length() {
        return view.limit();
    }

    void read(int index, float[] out, int count) {
        view.get(index, out, 0, count);
    }

    void write(int index, float[] values, int count) {
        view.put(index, values, 0, count);
    }

    void read(int index, float[] out, int offset, int count) {
        view.get(index, out, offset, count);
    }

    void write(int index, float[] values, int offset, int count) {
        view.put(index, values, offset, count);
    }

    void write(int index, FloatBuffer values) {
        view.put(index, values, 0, values.limit());
    }

    /** Frees an array at once; without it the garbage collector does, some time. */
    @Override
    public void close() {
        if (owner instanceof INDArray array && !array.wasClosed()) {
            array.close();
        }
    }
}
