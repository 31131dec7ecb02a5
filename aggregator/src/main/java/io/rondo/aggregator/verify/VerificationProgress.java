package io.rondo.aggregator.verify;

/** Told how far a verification is. Called from several threads. */
public interface VerificationProgress {
    /** Nobody looks. */
    VerificationProgress NONE = new VerificationProgress() {
        @Override
        public void expect(long bytes) {}

        @Override
        public void done(long bytes) {}
    };

    /** Before the first chunk is read: how many bytes of values there are to read. */
    void expect(long bytes);

    /** So many more bytes of values have been read and checked. */
    void done(long bytes);
}
