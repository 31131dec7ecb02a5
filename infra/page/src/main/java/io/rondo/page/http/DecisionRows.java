package io.rondo.page.http;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.LogCursor;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.InputRefused;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundCompleted;
import io.rondo.log.RoundExtended;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundReopened;
import io.rondo.log.RoundWeighed;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.page.index.JobIndex;
import io.rondo.page.log.PageLog;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.tensor.Digests;
import io.rondo.schemas.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** The decisions about a round, a page of them at a time, read from the log again: the index does not keep them. */
final class DecisionRows {
    /** Decisions about other rounds may stand between those about one, and are read with them. */
    private static final int MOST_READ = 50_000;

    private static final int LONGEST_TEXT = 2_000;

    private DecisionRows() {}

    /**
     * A page of decisions.
     *
     * @param total how many there are, as far as they were read
     * @param whole whether all of them were read
     */
    record Page(int round, int total, boolean whole, int from, List<Row> rows) {}

    /**
     * One decision.
     *
     * @param seconds since the round opened
     * @param answers the input that it answers
     * @param about the trainer that it is about, empty for none
     */
    record Row(long sequence, long offset, String kind, String answers, double seconds, String about, String text) {}

    static Page read(PageLog source, JobIndex.Span span, int round, int from, int count) {
        List<Row> rows = new ArrayList<>();
        int total = 0;
        int read = 0;
        try (JobLog log = source.open();
                LogCursor cursor = log.cursor(log.topics().decisions(), 0, span.first())) {
            Topic topic = log.topics().decisions();
            Optional<LogEntry> next = cursor.next();
            while (next.isPresent() && next.get().offset() <= span.last() && read < MOST_READ) {
                read++;
                if (log.codec().decode(topic.name(), next.get().value()) instanceof Decoded.Readable readable
                        && isAbout(readable.record(), round)) {
                    if (total >= from && rows.size() < count) {
                        rows.add(row(next.get().offset(), readable.record(), span.openedAt()));
                    }
                    total++;
                }
                next = cursor.next();
            }
            return new Page(round, total, next.isEmpty() || next.get().offset() > span.last(), from, rows);
        }
    }

    private static boolean isAbout(SpecificRecord decision, int round) {
        var field = decision.getSchema().getField("round");
        return DecisionKind.is(decision)
                && field != null
                && decision.get(field.pos()).equals(round);
    }

    private static Row row(long offset, SpecificRecord decision, long openedAt) {
        DecisionHeader header = DecisionKind.header(decision);
        String source = header.getSource().getOffset() < 0
                ? header.getSource().getTopic()
                : header.getSource().getTopic() + '@' + header.getSource().getOffset();
        String text = text(decision);
        return new Row(
                header.getSequence(),
                offset,
                decision.getSchema().getName(),
                source,
                (header.getDecidedAt() - openedAt) / 1e3,
                about(decision),
                text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + '…');
    }

    private static String about(SpecificRecord decision) {
        if (decision instanceof UpdateAccepted accepted) {
            return accepted.getManifest().getTrainer();
        }
        var field = decision.getSchema().getField("trainer");
        return field == null ? "" : String.valueOf(decision.get(field.pos()));
    }

    private static String text(SpecificRecord decision) {
        return switch (DecisionKind.of(decision)) {
            case ROUND_OPENED -> {
                RoundOpened opened = (RoundOpened) decision;
                yield "asks " + opened.getCohort().size() + " trainers, quorum " + opened.getQuorum() + ", base round "
                        + opened.getBaseRound() + ", deadline "
                        + seconds(opened.getDeadline() - opened.getOpenedAt()) + " after the opening";
            }
            case UPDATE_ACCEPTED -> {
                UpdateAccepted accepted = (UpdateAccepted) decision;
                yield "attempt " + accepted.getManifest().getAttempt() + ", weight "
                        + String.format(Locale.ROOT, "%.6g", accepted.getWeight()) + ", "
                        + accepted.getManifest().getNumExamples() + " examples"
                        + (accepted.getManifest().getRound() == accepted.getRound()
                                ? ""
                                : ", late: an update of round "
                                        + accepted.getManifest().getRound())
                        + metrics(accepted.getManifest().getMetrics());
            }
            case UPDATE_REJECTED -> {
                UpdateRejected rejected = (UpdateRejected) decision;
                yield (rejected.getRevoked() ? "takes back an accepted update: " : "")
                        + rejected.getReason()
                        + (rejected.getDetail().isEmpty() ? "" : ": " + rejected.getDetail());
            }
            case EVALUATION_RECORDED -> {
                String text = metrics(((EvaluationRecorded) decision).getMetrics());
                yield text.isEmpty() ? "" : text.substring(2);
            }
            case ROUND_CLOSED -> {
                RoundClosed closed = (RoundClosed) decision;
                yield "by " + closed.getTrigger() + ", revision " + closed.getRevision() + members(closed.getMembers());
            }
            case ROUND_WEIGHED -> {
                RoundWeighed weighed = (RoundWeighed) decision;
                yield "revision " + weighed.getRevision() + members(weighed.getMembers());
            }
            case ROUND_REOPENED ->
                "a fault was found after the close: the round goes on until "
                        + ((RoundReopened) decision).getDeadline();
            case ROUND_EXTENDED -> {
                RoundExtended extended = (RoundExtended) decision;
                yield "extension " + extended.getExtension() + ", " + extended.getUpdates()
                        + " updates count, waits for " + String.join(", ", extended.getWaitsFor());
            }
            case ROUND_COMPLETED -> {
                RoundCompleted completed = (RoundCompleted) decision;
                yield "revision " + completed.getRevision() + ", adapter " + Digests.hex(completed.getDigest())
                        + ", chain " + Digests.hex(completed.getChain());
            }
            case ROUND_FAILED -> ((RoundFailed) decision).getReason() + ": " + ((RoundFailed) decision).getDetail();
            case INPUT_REFUSED -> ((InputRefused) decision).getReason() + ": " + ((InputRefused) decision).getDetail();
            case JOB_STARTED,
                    TRAINER_ADMITTED,
                    TRAINER_REMOVED,
                    JOB_PAUSED,
                    JOB_RESUMED,
                    JOB_FINISHED,
                    JOB_ABORTED,
                    TRAINER_KEY_ADDED,
                    TRAINER_KEY_REVOKED -> "";
        };
    }

    private static String seconds(long milliseconds) {
        return String.format(Locale.ROOT, "%.1f s", milliseconds / 1e3);
    }

    private static String metrics(Map<String, Double> metrics) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(metrics)
                .forEach((name, value) ->
                        text.append(", ").append(name).append(' ').append(String.format(Locale.ROOT, "%.4g", value)));
        return text.toString();
    }

    private static String members(List<CohortMember> members) {
        StringBuilder text = new StringBuilder(", members");
        for (CohortMember member : members) {
            text.append(' ')
                    .append(member.getTrainer())
                    .append(String.format(Locale.ROOT, " (weight %.4g", member.getWeight()))
                    .append(member.getNorm() < 0 ? "" : String.format(Locale.ROOT, ", norm %.4g", member.getNorm()))
                    .append(
                            member.getScale() == 1
                                    ? ""
                                    : String.format(Locale.ROOT, ", clipped to %.4g", member.getScale()))
                    .append(')');
        }
        return text.toString();
    }
}
