package io.rondo.conformance.stage;

/** A scenario cannot be played here. It is reported as skipped, which is not passed. */
public final class NotApplicable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotApplicable(String reason) {
        super(reason);
    }
}
