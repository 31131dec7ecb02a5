package io.rondo.aggregator.topology;

/** A copy of the decisions lacks one, or has one that was taken back. */
final class BrokenCopyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenCopyException(String message) {
        super(message);
    }
}
