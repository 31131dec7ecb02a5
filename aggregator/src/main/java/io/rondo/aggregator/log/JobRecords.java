package io.rondo.aggregator.log;

import io.rondo.log.JobStarted;
import io.rondo.log.RoundFailed;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;

/** The decisions, publications and published adapters of a job, read from its log. Belongs to one thread. */
public final class JobRecords {
    private final JobLog log;
    private final JobStarted job;
    private final JobShape shape;
    private final List<Decision> decisions;
    private final Map<Integer, RoundPublished> published = new TreeMap<>();

    /**
     * A decision.
     *
     * @param offset its offset in partition 0 of decisions
     */
    public record Decision(long offset, SpecificRecord record) {}

    private JobRecords(JobLog log, LoggedDecisions decisions, JobStarted job) {
        this.log = log;
        this.job = job;
        this.shape = new JobShape(job);
        this.decisions = decisions.all().stream()
                .map(logged -> new Decision(logged.offset(), logged.decision()))
                .toList();
        Publications publications = Publications.read(log, shape);
        publications.all().forEach(each -> published.put(each.record().getRound(), each.record()));
    }

    /**
     * Reads a job's decisions and publications.
     *
     * @throws RondoException with {@code JOB_NOT_FOUND} when no aggregator has started it
     */
    public static JobRecords read(JobLog log) {
        LoggedDecisions decisions = LoggedDecisions.read(log);
        return new JobRecords(
                log,
                decisions,
                decisions
                        .job()
                        .orElseThrow(() -> new RondoException(
                                ErrorCode.JOB_NOT_FOUND,
                                "job '" + log.topics().job() + "' was submitted, but no aggregator has started it",
                                "start one by `rondo aggregator`")));
    }

    public JobStarted job() {
        return job;
    }

    public JobShape shape() {
        return shape;
    }

    /** All decisions, in their order. */
    public List<Decision> decisions() {
        return decisions;
    }

    /** The publications, in the order of their rounds. */
    public List<RoundPublished> publications() {
        return List.copyOf(published.values());
    }

    /** @throws RondoException with {@code ROUND_NOT_FOUND} when the round is not published */
    public RoundPublished publication(int round) {
        if (!published.containsKey(round)) {
            throw new RondoException(
                    ErrorCode.ROUND_NOT_FOUND,
                    "round " + round
                            + failure(round)
                                    .map(why -> " was skipped: " + why + "; ")
                                    .orElse(" is not published; ")
                            + (published.isEmpty()
                                    ? "none is"
                                    : "the last one is " + new TreeSet<>(published.keySet()).last()),
                    "list the rounds by `rondo rounds`");
        }
        return published.get(round);
    }

    private Optional<String> failure(int round) {
        return decisions(round).stream()
                .map(Decision::record)
                .filter(RoundFailed.class::isInstance)
                .map(failed -> ((RoundFailed) failed).getDetail())
                .findFirst();
    }

    /** The flat vector that a round published. */
    public float[] adapter(int round) {
        return PublishedAdapters.adapter(log, shape, publication(round));
    }

    /** Every tensor that the job shares, with its value as of a round: some values are from earlier rounds. */
    public Map<String, Tensor> tensors(int round) {
        return PublishedAdapters.tensors(log, shape, publication(round), this::publication);
    }

    /** The decisions about a round, in their order. */
    public List<Decision> decisions(int round) {
        List<Decision> about = new ArrayList<>();
        for (Decision decision : decisions) {
            var field = decision.record().getSchema().getField("round");
            if (field != null && decision.record().get(field.pos()).equals(round)) {
                about.add(decision);
            }
        }
        return about;
    }
}
