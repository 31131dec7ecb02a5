package io.rondo.cli.command;

import io.rondo.log.Lineage;
import io.rondo.schemas.tensor.Digests;

/** Formats a job's origin, as text and as JSON. */
public final class Lineages {
    private static final int SHOWN_DIGITS = 12;

    private Lineages() {}

    public static String text(Lineage lineage) {
        return "round " + lineage.getRound() + " of job " + lineage.getJob() + " ("
                + Digests.hex(lineage.getDigest()).substring(0, SHOWN_DIGITS) + ")";
    }

    /** As a part of a command's JSON result. */
    public record Result(String job, String jobUuid, int round, String digest) {}

    public static Result json(Lineage lineage) {
        return new Result(lineage.getJob(), lineage.getJobUuid(), lineage.getRound(), Digests.hex(lineage.getDigest()));
    }
}
