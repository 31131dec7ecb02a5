package io.rondo.inspect.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.cli.output.Table;
import io.rondo.cli.report.HtmlPage;
import io.rondo.cli.report.Timeline;
import io.rondo.log.RoundClosed;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.tensor.Digests;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A round as text, as JSON and as a page. */
public final class RoundText {
    private static final List<String> UPDATES =
            List.of("trainer", "verdict", "after s", "upload s", "bytes", "examples", "norm", "to average", "digest");
    private static final List<String> DECISIONS = List.of("decision", "offset", "kind", "answers", "after s");

    private final RoundView view;

    public RoundText(RoundView view) {
        this.view = view;
    }

    /** The JSON result. What is not known is null; a round that is not published has no revision, digest and chain. */
    record Result(
            String job,
            int round,
            boolean published,
            long openedAt,
            long deadline,
            int baseRound,
            List<String> cohort,
            int quorum,
            String closedBy,
            @JsonInclude(JsonInclude.Include.NON_NULL) Integer revision,
            @JsonInclude(JsonInclude.Include.NON_NULL) String digest,
            @JsonInclude(JsonInclude.Include.NON_NULL) String chain,
            List<Update> updates,
            List<Decision> decisions) {

        record Update(
                String trainer,
                String attempt,
                String verdict,
                String detail,
                double afterSeconds,
                Double uploadSeconds,
                Long bytes,
                Long examples,
                Double norm,
                Double distance,
                String digest) {}

        record Decision(long sequence, long offset, String kind, String answers) {}
    }

    public Object json() {
        Optional<RoundPublished> published = view.published();
        return new Result(
                view.records().job().getSpec().getName(),
                view.round(),
                published.isPresent(),
                view.opened().getOpenedAt(),
                view.opened().getDeadline(),
                view.opened().getBaseRound(),
                view.opened().getCohort(),
                view.opened().getQuorum(),
                view.closed().map(RoundClosed::getTrigger).orElse(null),
                published.map(RoundPublished::getRevision).orElse(null),
                published.map(each -> Digests.hex(each.getDigest())).orElse(null),
                published.map(each -> Digests.hex(each.getChain())).orElse(null),
                view.updates().stream().map(RoundText::json).toList(),
                view.decisionRows().stream().map(RoundText::decision).toList());
    }

    private static Result.Update json(SentUpdate update) {
        return new Result.Update(
                update.trainer(),
                update.attempt(),
                update.verdict(),
                update.detail(),
                update.after(),
                NumberText.boxed(update.upload()),
                NumberText.boxed(update.bytes()),
                NumberText.boxed(update.examples()),
                NumberText.boxed(update.norm()),
                NumberText.boxed(update.distance()),
                update.digest().orElse(null));
    }

    private static Result.Decision decision(List<String> row) {
        return new Result.Decision(Long.parseLong(row.get(0)), Long.parseLong(row.get(1)), row.get(2), row.get(3));
    }

    public String text() {
        Table updates = new Table(UPDATES.toArray(String[]::new));
        updateRows().forEach(row -> updates.row(row.toArray(String[]::new)));
        Table decisions = new Table(DECISIONS.toArray(String[]::new));
        view.decisionRows().forEach(row -> decisions.row(row.toArray(String[]::new)));
        StringBuilder text = new StringBuilder();
        facts().forEach((name, value) -> text.append("%-10s %s%n".formatted(name, value)));
        text.append(System.lineSeparator()).append(updates).append(System.lineSeparator());
        view.updates().stream()
                .filter(update -> !update.detail().isEmpty())
                .forEach(update ->
                        text.append("%s, %s: %s%n".formatted(update.trainer(), update.verdict(), update.detail())));
        return text.append(System.lineSeparator()).append(decisions).toString();
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "round",
                view.round() + " of " + view.records().job().getSpec().getRounds() + ", base round "
                        + view.opened().getBaseRound());
        facts.put("opened", Instant.ofEpochMilli(view.opened().getOpenedAt()).toString());
        facts.put(
                "cohort",
                String.join(", ", view.opened().getCohort()) + " · quorum "
                        + view.opened().getQuorum());
        Optional<RoundClosed> closed = view.closed();
        facts.put(
                "closed",
                closed.map(each -> NumberText.decimals(
                                        3,
                                        (each.getHeader().getDecidedAt()
                                                        - view.opened().getOpenedAt())
                                                / 1e3)
                                + " s later, by " + each.getTrigger() + ", revision " + each.getRevision())
                        .orElse("not yet"));
        facts.put(
                "vector",
                view.flat().elements() + " elements of " + view.flat().tensors().size() + " tensors in "
                        + view.flat().chunks() + " chunks");
        view.published().ifPresent(published -> {
            facts.put("digest", Digests.hex(published.getDigest()));
            facts.put("chain", Digests.hex(published.getChain()));
        });
        return facts;
    }

    private List<List<String>> updateRows() {
        return view.updates().stream()
                .map(update -> List.of(
                        update.trainer(),
                        update.verdict(),
                        NumberText.decimals(3, update.after()),
                        NumberText.decimals(3, update.upload()),
                        NumberText.grouped(update.bytes()),
                        NumberText.grouped(update.examples()),
                        NumberText.decimals(4, update.norm()),
                        NumberText.decimals(4, update.distance()),
                        update.digest().map(NumberText::brief).orElse("–")))
                .toList();
    }

    /** The page: who sent when, what it weighs, and the decisions. */
    public HtmlPage page() {
        Timeline timeline = new Timeline("seconds since the round opened");
        for (SentUpdate update : view.updates()) {
            double from = update.upload().isPresent()
                    ? update.after() - update.upload().getAsDouble()
                    : update.after();
            timeline.span(
                    update.trainer(),
                    Math.max(0, from),
                    update.after(),
                    update.isAccepted() ? 0 : 1,
                    update.verdict() + " after " + NumberText.decimals(3, update.after()) + " s");
        }
        view.closed()
                .ifPresent(closed -> timeline.moment(
                        "closed",
                        (closed.getHeader().getDecidedAt() - view.opened().getOpenedAt()) / 1e3));
        return new HtmlPage(
                        "Round " + view.round() + " of job "
                                + view.records().job().getSpec().getName(),
                        "Who sent what and when, and what became of it.")
                .facts(facts())
                .section("Uploads")
                .figure(timeline, "From an update's first chunk to its manifest; accepted ones in the first colour.")
                .section("Updates")
                .table(UPDATES, updateRows())
                .text(
                        "norm: L2 norm of what the update adds to the adapter that it started from. to average: L2 distance from the"
                                + " published adapter, relative to its length.")
                .section("Decisions")
                .table(DECISIONS, view.decisionRows());
    }
}
