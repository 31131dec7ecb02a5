package io.rondo.cli.command;

import io.rondo.cli.output.Console;
import io.rondo.cli.rights.Quota;
import io.rondo.cli.security.ClusterRights;
import io.rondo.cli.security.SecurityDirectory;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "apply",
        description = "Create users, ACLs and quotas on the brokers, and take away those of the revoked.",
        footer = {"", "Done again it changes nothing. ACLs that others have given are left alone."})
final class SecurityApplyCommand extends ConsoleCommand {
    /** Each takes about 10 s. */
    private static final int ATTEMPTS = 6;

    @Mixin
    private SecurityTarget target;

    @Option(
            names = "--job",
            paramLabel = "NAME",
            required = true,
            description = "Grant rights on this job, which need not exist yet; may be repeated.")
    private List<String> jobs = new ArrayList<>();

    @Option(
            names = "--write-rate",
            paramLabel = "BYTES",
            defaultValue = "10485760",
            description = "Bytes per second that a trainer may write to each broker. Default: ${DEFAULT-VALUE}.")
    private long writeRate;

    @Option(
            names = "--read-rate",
            paramLabel = "BYTES",
            defaultValue = "52428800",
            description = "Bytes per second that a trainer may read from each broker. Default: ${DEFAULT-VALUE}.")
    private long readRate;

    @Option(
            names = "--request-percent",
            paramLabel = "N",
            defaultValue = "50",
            description = "Share of one broker thread that a trainer's requests may use, in percent. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int requestPercent;

    /** The JSON result. */
    record Result(List<String> jobs, int users, int acls, int revoked) {}

    @Override
    public void run(Console console) {
        jobs.forEach(Identifiers::requireJob);
        if (writeRate < 1 || readRate < 1 || requestPercent < 1) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "a quota is below 1: --write-rate " + writeRate + ", --read-rate " + readRate
                            + ", --request-percent " + requestPercent,
                    "give 1 or more");
        }
        try (SecurityDirectory credentials = target.open()) {
            ClusterRights.Outcome outcome =
                    apply(console, target.rights(credentials, new Quota(writeRate, readRate, requestPercent)));
            console.result(
                    new Result(jobs, outcome.users(), outcome.acls(), outcome.revoked()),
                    "%d users and %d ACLs for %s are on the brokers; %d revoked trainers have none"
                            .formatted(outcome.users(), outcome.acls(), String.join(", ", jobs), outcome.revoked()));
        }
    }

    /** Brokers that have just started may be slow to answer. */
    private ClusterRights.Outcome apply(Console console, ClusterRights rights) {
        for (int attempt = 1; ; attempt++) {
            try {
                return rights.apply(jobs);
            } catch (RondoException e) {
                if (e.code() != ErrorCode.BROKER_UNREACHABLE || attempt == ATTEMPTS) {
                    throw e;
                }
                console.progress("the brokers do not answer yet; trying again");
            }
        }
    }
}
