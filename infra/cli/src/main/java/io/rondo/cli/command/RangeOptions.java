package io.rondo.cli.command;

import io.rondo.aggregator.log.RoundRange;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import picocli.CommandLine.Option;

/** Which rounds. */
public final class RangeOptions {
    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "0",
            description = "First round. Default: ${DEFAULT-VALUE}.")
    private int from;

    @Option(names = "--to", paramLabel = "N", description = "Last round. Default: the last published round.")
    private Integer to;

    /** @throws RondoException with {@code BAD_CONFIG} when it holds no round */
    public RoundRange range() {
        if (from < 0 || (to != null && to < from)) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "--from " + from + (to == null ? "" : " --to " + to) + " holds no round",
                    "give 0 <= from <= to");
        }
        return new RoundRange(from, to == null ? Integer.MAX_VALUE : to);
    }
}
