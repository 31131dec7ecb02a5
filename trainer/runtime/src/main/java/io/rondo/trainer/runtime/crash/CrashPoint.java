package io.rondo.trainer.runtime.crash;

import java.util.Locale;

/** A moment of a round at which a test ends the process. */
public enum CrashPoint {
    /** Half of the new state is on disk, under its temporary name. */
    WHILE_WRITING_STATE,
    /** The state is saved, no chunk is sent. */
    BEFORE_UPLOAD,
    /** Half of the chunks are acknowledged. */
    WITHIN_UPLOAD,
    /** All chunks are acknowledged. */
    BEFORE_MANIFEST,
    /** The manifest is acknowledged. */
    AFTER_MANIFEST;

    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
