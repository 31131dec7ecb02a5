package io.rondo.inspect.view;

import io.rondo.aggregator.log.JobRecords;
import io.rondo.aggregator.round.DecisionKind;
import io.rondo.cli.output.Table;
import io.rondo.cli.report.HtmlPage;
import io.rondo.cli.report.LineChart;
import io.rondo.inspect.rounds.TrainerRound;
import io.rondo.log.EvaluationRecorded;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.TrainerAdmitted;
import io.rondo.log.UpdateAccepted;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.adapter.RejectionReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** The trainers of a job: how often each was asked, took part, was late or refused, how far behind it is, what it measured. */
public final class TrainersView {
    private static final List<String> HEADER = List.of(
            "trainer",
            "asked",
            "took part",
            "late",
            "rejected",
            "joins",
            "mean s",
            "examples",
            "last round",
            "behind",
            "loss",
            "acc",
            "software");

    private static final String EXACT_MATCH = "exact match";

    private final String job;
    private final int lastRound;
    private final Map<String, Trainer> trainers = new TreeMap<>();
    private boolean answersProblems;

    private static final class Trainer {
        private final Map<Integer, Double> seconds = new TreeMap<>();
        /** Accuracy, or exact match. */
        private final Map<Integer, Double> scores = new TreeMap<>();

        private final Set<Integer> asked = new HashSet<>();
        private int late;
        private int rejected;
        private int joins;
        private String software = "";
        private long examples;
        private Map<String, Double> training = Map.of();
        private Map<String, Double> evaluation = Map.of();

        private void join(TrainerAdmitted admission) {
            joins++;
            if (!admission.getSoftware().isEmpty()) {
                software = admission.getSoftware();
            }
        }

        private int lastTaken() {
            return seconds.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
        }

        /** Of the last evaluation. */
        private double lastScore() {
            return new TrainerRound("", Map.of(), evaluation).score().orElse(Double.NaN);
        }

        private double meanSeconds() {
            return seconds.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(Double.NaN);
        }
    }

    public TrainersView(JobRecords records) {
        this(
                records.job().getSpec().getName(),
                records.publications().stream()
                        .mapToInt(RoundPublished::getRound)
                        .max()
                        .orElse(-1),
                records.decisions().stream().map(JobRecords.Decision::record).toList());
    }

    /** @param lastRound the last round published, -1 for none */
    TrainersView(String job, int lastRound, List<SpecificRecord> decisions) {
        this.job = job;
        this.lastRound = lastRound;
        Map<Integer, Long> opened = new HashMap<>();
        decisions.forEach(decision -> see(decision, opened));
    }

    /** @param opened by round, when it opened */
    private void see(SpecificRecord decision, Map<Integer, Long> opened) {
        switch (DecisionKind.of(decision)) {
            case ROUND_OPENED -> {
                RoundOpened opening = (RoundOpened) decision;
                if (opening.getRound() > 0) {
                    opened.putIfAbsent(opening.getRound(), opening.getOpenedAt());
                    opening.getCohort().forEach(trainer -> of(trainer).asked.add(opening.getRound()));
                }
            }
            case TRAINER_ADMITTED -> {
                TrainerAdmitted admission = (TrainerAdmitted) decision;
                of(admission.getTrainer()).join(admission);
            }
            case UPDATE_ACCEPTED -> {
                UpdateAccepted accepted = (UpdateAccepted) decision;
                if (accepted.getRound() > 0) {
                    accept(accepted, opened.get(accepted.getManifest().getRound()));
                }
            }
            case UPDATE_REJECTED -> {
                UpdateRejected rejected = (UpdateRejected) decision;
                if (trainers.containsKey(rejected.getTrainer())) {
                    reject(rejected);
                }
            }
            case EVALUATION_RECORDED -> evaluate((EvaluationRecorded) decision);
            case JOB_STARTED,
                    TRAINER_REMOVED,
                    ROUND_CLOSED,
                    ROUND_WEIGHED,
                    ROUND_REOPENED,
                    ROUND_EXTENDED,
                    ROUND_COMPLETED,
                    ROUND_FAILED,
                    INPUT_REFUSED,
                    JOB_PAUSED,
                    JOB_RESUMED,
                    JOB_FINISHED,
                    JOB_ABORTED,
                    TRAINER_KEY_ADDED,
                    TRAINER_KEY_REVOKED -> {}
        }
    }

    private void accept(UpdateAccepted accepted, long openedAt) {
        Trainer trainer = of(accepted.getManifest().getTrainer());
        trainer.seconds.put(accepted.getRound(), (DecisionKind.header(accepted).getDecidedAt() - openedAt) / 1e3);
        trainer.examples = accepted.getManifest().getNumExamples();
        trainer.training = accepted.getManifest().getMetrics();
    }

    private void evaluate(EvaluationRecorded evaluation) {
        Trainer trainer = of(evaluation.getTrainer());
        trainer.evaluation = evaluation.getMetrics();
        TrainerRound measured = new TrainerRound(evaluation.getTrainer(), Map.of(), evaluation.getMetrics());
        measured.score().ifPresent(score -> trainer.scores.put(evaluation.getRound(), score));
        answersProblems |= measured.answersProblems();
    }

    private Trainer of(String trainer) {
        return trainers.computeIfAbsent(trainer, id -> new Trainer());
    }

    private void reject(UpdateRejected rejected) {
        Trainer trainer = of(rejected.getTrainer());
        if (rejected.getRevoked()) {
            trainer.seconds.remove(rejected.getRound());
        }
        if (rejected.getReason().equals(RejectionReason.LATE.id())) {
            trainer.late++;
        } else if (!rejected.getReason().equals(RejectionReason.SUPERSEDED.id())) {
            trainer.rejected++;
        }
    }

    private List<String> header() {
        return answersProblems
                ? HEADER.stream()
                        .map(column -> column.equals("acc") ? EXACT_MATCH : column)
                        .toList()
                : HEADER;
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        trainers.forEach((id, trainer) -> rows.add(List.of(
                id,
                Integer.toString(trainer.asked.size()),
                Integer.toString(trainer.seconds.size()),
                Integer.toString(trainer.late),
                Integer.toString(trainer.rejected),
                Integer.toString(trainer.joins),
                NumberText.decimals(1, trainer.meanSeconds()),
                Long.toString(trainer.examples),
                trainer.lastTaken() < 0 ? "–" : Integer.toString(trainer.lastTaken()),
                Integer.toString(lastRound - Math.max(0, trainer.lastTaken())),
                NumberText.decimals(3, trainer.training.getOrDefault("loss", Double.NaN)),
                NumberText.decimals(3, trainer.lastScore()),
                trainer.software.isEmpty() ? "–" : trainer.software)));
        return rows;
    }

    public String text() {
        Table table = new Table(header().toArray(String[]::new));
        rows().forEach(row -> table.row(row.toArray(String[]::new)));
        return table + System.lineSeparator()
                + "mean s: from a round's opening to the trainer's manifest; behind: rounds since its last update that"
                + " counts";
    }

    /** The JSON result. A number that is none is null. */
    record Result(String job, List<TrainerRow> trainers) {
        record TrainerRow(
                String trainer,
                int asked,
                Set<Integer> tookPart,
                int late,
                int rejected,
                int joins,
                Double meanSeconds,
                long examples,
                int behind,
                Map<String, Double> training,
                Map<String, Double> evaluation,
                String software) {}
    }

    public Object json() {
        List<Result.TrainerRow> all = new ArrayList<>();
        trainers.forEach((id, trainer) -> all.add(new Result.TrainerRow(
                id,
                trainer.asked.size(),
                trainer.seconds.keySet(),
                trainer.late,
                trainer.rejected,
                trainer.joins,
                NumberText.boxed(trainer.meanSeconds()),
                trainer.examples,
                lastRound - Math.max(0, trainer.lastTaken()),
                trainer.training,
                trainer.evaluation,
                trainer.software)));
        return new Result(job, all);
    }

    public HtmlPage page() {
        LineChart seconds = new LineChart("round", "seconds to the manifest");
        String score = answersProblems ? EXACT_MATCH : "accuracy";
        LineChart scores = new LineChart("round", score);
        trainers.forEach((id, trainer) -> {
            seconds.line(id, keys(trainer.seconds), values(trainer.seconds));
            scores.line(id, keys(trainer.scores), values(trainer.scores));
        });
        return new HtmlPage("Trainers of job " + job, "What each did, round by round.")
                .table(header(), rows())
                .section("Time")
                .figure(seconds, "From a round's opening to the manifest of each trainer whose update counts.")
                .section(answersProblems ? "Exact match" : "Accuracy")
                .figure(scores, "Each on its own test split, with the round's adapter.");
    }

    private static double[] keys(Map<Integer, Double> values) {
        return values.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
    }

    private static double[] values(Map<Integer, Double> values) {
        return values.values().stream().mapToDouble(Double::doubleValue).toArray();
    }
}
