package io.rondo.schemas.adapter;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.regex.Pattern;

/** The names that users give: of jobs, trainers and branches. A dot or an underscore would let topic names run together. */
public final class Identifiers {
    /** The reserved trainer id under which a job's round 0 is uploaded. */
    public static final String SUBMITTER = "submitter";

    private static final Pattern VALID = Pattern.compile("[a-z0-9-]{1,48}");

    private Identifiers() {}

    /** @throws RondoException with {@link ErrorCode#BAD_ID} when the name is not valid */
    public static String requireJob(String name) {
        return require("job", name);
    }

    /** @throws RondoException with {@link ErrorCode#BAD_ID} when the id is not valid or reserved */
    public static String requireTrainer(String id) {
        if (SUBMITTER.equals(id)) {
            throw new RondoException(
                    ErrorCode.BAD_ID, "the trainer id '" + id + "' is reserved for round 0", "choose another id");
        }
        return require("trainer", id);
    }

    /** @throws RondoException with {@link ErrorCode#BAD_ID} when the id is not valid */
    public static String requireInstance(String id) {
        return require("instance", id);
    }

    /** @throws RondoException with {@link ErrorCode#BAD_ID} when the name is not valid */
    public static String requireBranch(String name) {
        return require("branch", name);
    }

    public static boolean isValid(String name) {
        return VALID.matcher(name).matches();
    }

    private static String require(String kind, String name) {
        if (name == null || !isValid(name)) {
            throw new RondoException(
                    ErrorCode.BAD_ID,
                    "'" + name + "' is not a valid " + kind + " name",
                    "use 1 to 48 characters of a-z, 0-9 and '-'");
        }
        return name;
    }
}
