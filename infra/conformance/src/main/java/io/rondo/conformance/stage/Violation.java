package io.rondo.conformance.stage;

/** The trainer under test does not do what the contract says. The message is the reason in the report. */
public class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Violation(String reason) {
        super(reason);
    }

    /** The same, with the stack of whoever throws it. */
    Violation again() {
        return new Violation(getMessage());
    }

    /** Fails where the condition does not hold. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library that nothing else here needs
    public static void unless(boolean holds, String reason, Object... values) {
        if (!holds) {
            throw new Violation(reason.formatted(values));
        }
    }
}
