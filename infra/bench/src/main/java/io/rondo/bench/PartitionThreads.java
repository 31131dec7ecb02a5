package io.rondo.bench;

import io.rondo.inspect.scan.Futures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Readers of all partitions, each on a thread of its own, as the aggregator has them. Used by one thread. */
final class PartitionThreads implements AutoCloseable {
    private final List<RoundReader> readers = new ArrayList<>();
    private final ExecutorService threads;

    /** @param open opens the reader of a partition */
    PartitionThreads(int partitions, IntFunction<RoundReader> open) {
        for (int partition = 0; partition < partitions; partition++) {
            readers.add(open.apply(partition));
        }
        threads = Executors.newFixedThreadPool(partitions);
    }

    /** Reads a round and tells how many seconds it took. */
    double seconds(int round) {
        long start = System.nanoTime();
        List<Future<Object>> parts = new ArrayList<>();
        for (RoundReader reader : readers) {
            parts.add(threads.submit(() -> {
                reader.read(round);
                return null;
            }));
        }
        Futures.await(parts);
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        threads.shutdown();
        readers.forEach(RoundReader::close);
    }
}
