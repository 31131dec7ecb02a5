package io.rondo.schemas.error;

/**
 * What cannot be in a sound log, or in a program without faults, has come to be. Whoever meets it stops and keeps the log as
 * it is; to try again would not help.
 */
public final class BrokenInvariantException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public BrokenInvariantException(String message) {
        super(message);
    }

    public BrokenInvariantException(String message, Throwable cause) {
        super(message, cause);
    }
}
