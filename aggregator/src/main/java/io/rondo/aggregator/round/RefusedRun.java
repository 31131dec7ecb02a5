package io.rondo.aggregator.round;

import io.rondo.log.DecisionHeader;
import io.rondo.log.InputRefused;
import io.rondo.log.Source;
import io.rondo.schemas.error.BrokenInvariantException;
import io.rondo.schemas.text.ForeignText;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Refused records of {@code manifests} in a row that one decision answers together. It is written before any other
 * decision, so that the order of decisions is that of the inputs; until then the records count as unanswered, and a
 * restarted coordinator reads them again.
 */
final class RefusedRun {
    private final Map<String, Long> reasons = new TreeMap<>();
    private Answering answering = Answering.ALONE;
    private long first;
    private long records;
    private Source last;
    private long lastAt;
    private Refusal lastRefusal;

    void answer(Answering how) {
        answering = how;
    }

    /**
     * Whether a refused record joins the run.
     *
     * @param isAddressed whether a trainer waits for its answer
     */
    boolean takes(JobState state, Source source, boolean isAddressed) {
        return answering != Answering.ALONE
                && (!isAddressed || answering == Answering.TOGETHER)
                && state.rules() >= RulesVersion.FLOODS_ARE_SUMMED
                && source.getSequence() < 0
                && source.getTopic().equals(InputTopic.MANIFESTS.id());
    }

    void add(Source source, long at, Refusal refusal) {
        if (records == 0) {
            first = source.getOffset();
        }
        records++;
        last = source;
        lastAt = at;
        lastRefusal = refusal;
        reasons.merge(refusal.reason().id(), 1L, Long::sum);
    }

    /** @throws BrokenInvariantException when records wait for the answer that must come first */
    void requireSettled() {
        if (records > 0) {
            throw new BrokenInvariantException(records + " refused records are not answered before a later one");
        }
    }

    /** Writes the decision, if any records wait for it. */
    void settle(JobState state, Outbox outbox) {
        if (records == 0) {
            return;
        }
        InputRefused together = InputRefused.newBuilder()
                .setHeader(new DecisionHeader(state.nextSequence(), last, lastAt))
                .setReason(lastRefusal.reason().id())
                .setDetail(
                        ForeignText.brief(counts() + "; the last: " + lastRefusal.detail(), DecisionWriter.MAX_DETAIL))
                .setRecords(records)
                .setFirstOffset(first)
                .build();
        records = 0;
        reasons.clear();
        state.apply(together, outbox.decide(together));
    }

    private String counts() {
        return reasons.entrySet().stream()
                .map(reason -> reason.getValue() + " " + reason.getKey())
                .collect(Collectors.joining(", "));
    }
}
