package io.rondo.conformance.stage;

/** What the trainer under test is given to train. Safe for any thread. */
public interface Tasks {
    /** A task of a few thousand values. */
    Task small();

    /** A task whose shared tensors are about 8.4 MB. @throws NotApplicable where there is none */
    Task large();
}
