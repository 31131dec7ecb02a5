package io.rondo.aggregator.verify;

/** Notified of the progress of a verification. Called from several threads. */
public interface VerificationProgress {
    /** Ignores progress. */
    VerificationProgress NONE = new VerificationProgress() {
        @Override
        public void expect(long bytes) {}

        @Override
        public void done(long bytes) {}
    };

    /** Called before the first chunk is read, with the total bytes of values to read. */
    void expect(long bytes);

    /** This many more bytes of values have been read and checked. */
    void done(long bytes);
}
