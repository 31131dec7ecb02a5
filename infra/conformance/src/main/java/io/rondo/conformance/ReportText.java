package io.rondo.conformance;

import io.rondo.conformance.Outcome.Verdict;
import java.util.Locale;

/** A report as a table: the reason of each failure below its row, and what to read. */
public final class ReportText {
    private static final String LINE = System.lineSeparator();

    private ReportText() {}

    /** All of it. */
    public static String of(ConformanceReport report) {
        StringBuilder text =
                new StringBuilder("verdict  level   scenario              section                  requirement");
        report.outcomes().forEach(outcome -> text.append(LINE).append(row(outcome)));
        return text.append(LINE).append(report.summary()).toString();
    }

    /** One row, and why. */
    public static String row(Outcome outcome) {
        String row = String.format(
                Locale.ROOT,
                "%-7s  %-6s  %-20s  %-23s  %s",
                outcome.verdict(),
                outcome.scenario().level(),
                outcome.scenario().name(),
                outcome.scenario().section(),
                outcome.scenario().requirement());
        return outcome.verdict() == Verdict.PASS
                ? row
                : row + LINE + "    " + outcome.reason() + LINE + "    read: " + page(outcome);
    }

    /** Where the contract asks for it. */
    static String page(Outcome outcome) {
        return "schemas/README.md, section " + outcome.scenario().section();
    }
}
