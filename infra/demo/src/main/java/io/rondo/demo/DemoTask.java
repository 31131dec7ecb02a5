package io.rondo.demo;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Locale;

/** What the trainers of a demo learn, and how much of it where a user says nothing. */
public enum DemoTask {
    /** To tell texts apart, by small encoders. */
    CLASSIFICATION(Language.JAVA, 10, 100, "accuracy"),
    /** To answer word problems, by a small language model. */
    GENERATION(Language.PYTHON, 5, 24, "exact match");

    private final Language language;
    private final int rounds;
    private final int testRows;
    private final String measure;

    DemoTask(Language language, int rounds, int testRows, String measure) {
        this.language = language;
        this.rounds = rounds;
        this.testRows = testRows;
        this.measure = measure;
    }

    /** @throws RondoException with {@link ErrorCode#BAD_CONFIG} when there is none of this name */
    public static DemoTask named(String name) {
        for (DemoTask task : values()) {
            if (task.toString().equals(name)) {
                return task;
            }
        }
        throw new RondoException(
                ErrorCode.BAD_CONFIG, "--task is " + name, "give --task classification, or --task generation");
    }

    /** What a trainer is written in where only their number is given. */
    public Language language() {
        return language;
    }

    public int rounds() {
        return rounds;
    }

    public int testRows() {
        return testRows;
    }

    /** What round lines show beside the loss. */
    String measure() {
        return measure;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
