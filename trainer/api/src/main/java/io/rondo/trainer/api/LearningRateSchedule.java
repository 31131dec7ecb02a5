package io.rondo.trainer.api;

import java.util.Arrays;
import java.util.Locale;

/** The course of the learning rate over the steps of a whole job, after its warm-up. */
public enum LearningRateSchedule {
    /** Constant. */
    CONSTANT,
    /** Linear decay to 0 after the job's last step. */
    LINEAR;

    /** The name in job files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when no schedule has this id */
    public static LearningRateSchedule of(String id) {
        return Arrays.stream(values())
                .filter(schedule -> schedule.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no schedule is called '" + id + "'"));
    }
}
