package io.rondo.conformance.stage;

/** The trainer has not done in time what it must, or has given up. A slow broker may be the cause of both. */
public final class Overdue extends Violation {
    private static final long serialVersionUID = 1L;

    public Overdue(String reason) {
        super(reason);
    }

    /** Fails where the condition does not hold. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library that nothing else here needs
    public static void require(boolean holds, String reason, Object... values) {
        if (!holds) {
            throw new Overdue(reason.formatted(values));
        }
    }

    @Override
    Violation again() {
        return new Overdue(getMessage());
    }
}
