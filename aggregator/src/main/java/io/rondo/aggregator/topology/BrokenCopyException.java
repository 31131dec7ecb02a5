package io.rondo.aggregator.topology;

/** A copy of the decisions lacks a decision, or has one that was aborted. */
final class BrokenCopyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenCopyException(String message) {
        super(message);
    }
}
