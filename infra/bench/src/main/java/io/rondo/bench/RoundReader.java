package io.rondo.bench;

/** Reads all updates of a round from the log, one partition at a time. Each partition has a thread of its own. */
interface RoundReader extends AutoCloseable {
    void read(int round);

    @Override
    void close();
}
