package io.rondo.cli.command;

import io.rondo.log.Lineage;
import io.rondo.schemas.tensor.Digests;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a job comes from, for people and for programs. */
public final class Lineages {
    private static final int SHOWN_DIGITS = 12;

    private Lineages() {}

    public static String text(Lineage lineage) {
        return "round " + lineage.getRound() + " of job " + lineage.getJob() + " ("
                + Digests.hex(lineage.getDigest()).substring(0, SHOWN_DIGITS) + ")";
    }

    public static Map<String, Object> json(Lineage lineage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", lineage.getJob());
        json.put("jobUuid", lineage.getJobUuid());
        json.put("round", lineage.getRound());
        json.put("digest", Digests.hex(lineage.getDigest()));
        return json;
    }
}
