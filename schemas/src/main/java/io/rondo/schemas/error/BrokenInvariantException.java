package io.rondo.schemas.error;

/**
 * A broken invariant, which is impossible with an intact log and a correct program. The process stops and leaves the log
 * unchanged; a retry would not help.
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
