package io.rondo.cli.command;

import io.rondo.aggregator.verify.VerificationProgress;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.ProgressBar;

/** The progress of a verification on the terminal. */
public final class VerificationBar implements VerificationProgress, AutoCloseable {
    private final ProgressBar bar;

    public VerificationBar(Console console) {
        this.bar = new ProgressBar(console);
    }

    @Override
    public void expect(long bytes) {
        bar.expect(bytes);
    }

    @Override
    public void done(long bytes) {
        bar.add(bytes);
    }

    @Override
    public void close() {
        bar.close();
    }
}
