package io.rondo.cli.command;

import io.rondo.aggregator.replay.RoundVerification;
import io.rondo.aggregator.replay.VerificationReport;
import io.rondo.aggregator.replay.Verifier;
import io.rondo.cli.output.Console;
import io.rondo.cli.output.Table;
import io.rondo.cli.replay.OpenLog;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "verify", description = "Recompute every round of a job from the log, and compare bit by bit.")
public final class VerifyCommand extends ConsoleCommand {
    @Mixin
    private LogOptions options;

    @Override
    void run(Console console) {
        try (OpenLog log = options.open(console)) {
            show(Verifier.verify(log.connection(), log.job()), console);
        }
    }

    private static void show(VerificationReport report, Console console) {
        console.result(json(report), text(report));
        if (!report.isSound()) {
            throw new RondoException(
                    ErrorCode.VERIFICATION_FAILED,
                    "%d of %d rounds could not be recomputed to the same bytes, %d other problems"
                            .formatted(
                                    report.rounds().size() - report.identical(),
                                    report.rounds().size(),
                                    report.problems().size()),
                    "keep the log as it is; the list above names each");
        }
    }

    private static Map<String, Object> json(VerificationReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", report.job());
        json.put("jobUuid", report.jobUuid());
        json.put("rounds", report.rounds().size());
        json.put("identical", report.identical());
        json.put("sound", report.isSound());
        json.put("problems", report.problems());
        json.put("perRound", report.rounds().stream().map(VerifyCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(RoundVerification round) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("round", round.round());
        json.put("revision", round.revision());
        json.put("updates", round.updates());
        json.put("digest", round.digest());
        json.put("outcome", outcome(round));
        json.put("problem", round.problem());
        return json;
    }

    private static String text(VerificationReport report) {
        Table table = new Table("round", "updates", "digest", "outcome", "");
        for (RoundVerification round : report.rounds()) {
            table.row(
                    Integer.toString(round.round()),
                    Integer.toString(round.updates()),
                    round.digest().substring(0, Math.min(12, round.digest().length())),
                    outcome(round),
                    round.problem());
        }
        StringBuilder text = new StringBuilder(table.toString()).append(System.lineSeparator());
        report.problems()
                .forEach(problem -> text.append("problem: ").append(problem).append(System.lineSeparator()));
        return text.append("%d of %d rounds recomputed from the log%s"
                        .formatted(
                                report.identical(), report.rounds().size(), report.isSound() ? ", bit-identical" : ""))
                .toString();
    }

    private static String outcome(RoundVerification round) {
        return round.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
