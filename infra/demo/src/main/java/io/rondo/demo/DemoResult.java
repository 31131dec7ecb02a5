package io.rondo.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.aggregator.verify.RoundVerification;
import io.rondo.aggregator.verify.VerificationReport;
import io.rondo.inspect.rounds.RoundHistory;
import io.rondo.inspect.rounds.RoundSummary;
import io.rondo.inspect.rounds.TrainerRound;
import io.rondo.log.JobSpec;
import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.trainer.data.DevSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a demo has shown, as JSON and as text.
 *
 * @param task what the trainers learned
 * @param spec the job
 * @param history its rounds
 * @param verification what came of recomputing them
 * @param uploads bytes of an update
 * @param languages what the trainers are written in
 * @param totalSeconds from the start of this process
 * @param firstRoundSeconds from the start of this process until round 1 was published; empty if an earlier one did that
 */
record DemoResult(
        DemoTask task,
        JobSpec spec,
        RoundHistory history,
        VerificationReport verification,
        UploadSize uploads,
        List<Language> languages,
        double totalSeconds,
        OptionalDouble firstRoundSeconds) {

    /**
     * The JSON result. A number that is not known is null.
     *
     * @param languages left out where all trainers are in Java
     * @param task left out for classification, as are the two after accuracy
     * @param accuracy left out for generation
     * @param verify counts the rounds that were trained: round 0 publishes initial values, and is verified too
     */
    record Result(
            String job,
            String method,
            String adapter,
            int trainers,
            int rounds,
            List<String> cohort,
            long uploadedBytesPerTrainerRound,
            long uploadedBytesPerTrainerRoundLora,
            @JsonInclude(JsonInclude.Include.NON_NULL) List<String> languages,
            @JsonInclude(JsonInclude.Include.NON_NULL) String task,
            @JsonInclude(JsonInclude.Include.NON_NULL) Accuracy accuracy,
            @JsonInclude(JsonInclude.Include.NON_NULL) ExactMatch exactMatch,
            @JsonInclude(JsonInclude.Include.NON_NULL) Change testLoss,
            Seconds seconds,
            Verification verify) {

        record Accuracy(
                Double before,
                Double after,
                Double headOnly,
                @JsonInclude(JsonInclude.Include.NON_NULL) Change matched,
                @JsonInclude(JsonInclude.Include.NON_NULL) Change mismatched,
                List<TrainerAccuracy> perTrainer) {}

        record Change(Double before, Double after) {}

        record TrainerAccuracy(String trainer, Double before, Double after, Double headOnly, Double pooled) {}

        record ExactMatch(Double before, Double after, List<TrainerExactMatch> perTrainer) {}

        record TrainerExactMatch(String trainer, Double before, Double after, Double pooled) {}

        record Seconds(Double total, Double firstRound, Double medianRound) {}

        record Verification(int rounds, long identical) {}
    }

    Result json() {
        boolean generates = task == DemoTask.GENERATION;
        return new Result(
                spec.getName(),
                spec.getMethod(),
                spec.getAdapter(),
                history.admitted().size(),
                trainedRounds().size(),
                cohort(),
                uploads.bytes(),
                uploads.bothFactorsBytes(),
                languages.contains(Language.PYTHON)
                        ? languages.stream().map(Language::toString).toList()
                        : null,
                generates ? task.toString() : null,
                generates ? null : accuracy(),
                generates ? exactMatch() : null,
                generates ? testLoss() : null,
                new Result.Seconds(
                        rounded(OptionalDouble.of(totalSeconds)), rounded(firstRoundSeconds), rounded(medianRound())),
                new Result.Verification(verified().size(), identical()));
    }

    private Result.Accuracy accuracy() {
        return new Result.Accuracy(
                rounded(before().mean(TrainerRound::accuracy)),
                rounded(after().mean(TrainerRound::accuracy)),
                rounded(after().mean(TrainerRound::headOnlyAccuracy)),
                change(DevSet.MATCHED),
                change(DevSet.MISMATCHED),
                cohort().stream().map(this::accuracyOf).toList());
    }

    /** On all sites' examples of one of MNLI's sets; null where the data is not MNLI's. */
    private Result.Change change(DevSet set) {
        return devSets().contains(set)
                ? new Result.Change(
                        rounded(before().mean(trainer -> trainer.pooledAccuracy(set.id()))),
                        rounded(after().mean(trainer -> trainer.pooledAccuracy(set.id()))))
                : null;
    }

    private List<DevSet> devSets() {
        return Stream.of(DevSet.values())
                .filter(set -> after().mean(trainer -> trainer.pooledAccuracy(set.id()))
                        .isPresent())
                .toList();
    }

    private Result.TrainerAccuracy accuracyOf(String trainer) {
        return new Result.TrainerAccuracy(
                trainer,
                rounded(of(before(), trainer, TrainerRound::accuracy)),
                rounded(of(after(), trainer, TrainerRound::accuracy)),
                rounded(of(after(), trainer, TrainerRound::headOnlyAccuracy)),
                rounded(of(after(), trainer, TrainerRound::pooledAccuracy)));
    }

    private Result.ExactMatch exactMatch() {
        return new Result.ExactMatch(
                rounded(before().mean(TrainerRound::exactMatch)),
                rounded(after().mean(TrainerRound::exactMatch)),
                cohort().stream().map(this::exactMatchOf).toList());
    }

    private Result.TrainerExactMatch exactMatchOf(String trainer) {
        return new Result.TrainerExactMatch(
                trainer,
                rounded(of(before(), trainer, TrainerRound::exactMatch)),
                rounded(of(after(), trainer, TrainerRound::exactMatch)),
                rounded(of(after(), trainer, TrainerRound::pooledExactMatch)));
    }

    private Result.Change testLoss() {
        return new Result.Change(
                rounded(before().mean(TrainerRound::testLoss)), rounded(after().mean(TrainerRound::testLoss)));
    }

    /** @throws RondoException with {@link ErrorCode#VERIFICATION_FAILED} when a round is not what was published */
    void requireSound() {
        if (!verification.isSound()) {
            throw new RondoException(
                    ErrorCode.VERIFICATION_FAILED,
                    "%d of %d rounds were recomputed to the same bytes; other problems: %s"
                            .formatted(identical(), verified().size(), verification.problems()),
                    "keep the directory as it is and report this");
        }
    }

    String text() {
        String newLine = System.lineSeparator();
        StringBuilder text = new StringBuilder();
        switch (task) {
            case CLASSIFICATION -> appendAccuracy(text, newLine);
            case GENERATION -> appendExactMatch(text, newLine);
        }
        for (DevSet set : devSets()) {
            text.append("  all sites' %s examples  %s → %s%n"
                    .formatted(
                            set.id(),
                            shown(before().mean(trainer -> trainer.pooledAccuracy(set.id()))),
                            shown(after().mean(trainer -> trainer.pooledAccuracy(set.id())))));
        }
        text.append(String.format(
                Locale.ROOT,
                "uploads    %,d bytes per trainer and round; %s together would be %,d%n",
                uploads.bytes(),
                AdapterKind.of(spec.getAdapter()) == AdapterKind.VERA ? "VeRA's two vectors" : "LoRA's A and B",
                uploads.bothFactorsBytes()));
        text.append("verify     %d of %d rounds recomputed from the log%s%n"
                .formatted(identical(), verified().size(), verification.isSound() ? ", bit-identical" : ""));
        text.append(String.format(Locale.ROOT, "time       %.1f s", totalSeconds));
        firstRoundSeconds.ifPresent(
                seconds -> text.append(String.format(Locale.ROOT, ", first round after %.1f s", seconds)));
        medianRound().ifPresent(seconds -> text.append(String.format(Locale.ROOT, ", median round %.1f s", seconds)));
        return text.toString();
    }

    private void appendAccuracy(StringBuilder text, String newLine) {
        text.append("accuracy   ")
                .append(arrow(
                        before().mean(TrainerRound::accuracy),
                        after().mean(TrainerRound::accuracy),
                        after().mean(TrainerRound::headOnlyAccuracy)))
                .append(newLine);
        for (String trainer : cohort()) {
            text.append(indented(trainer))
                    .append(arrow(
                            of(before(), trainer, TrainerRound::accuracy),
                            of(after(), trainer, TrainerRound::accuracy),
                            of(after(), trainer, TrainerRound::headOnlyAccuracy)))
                    .append(newLine);
        }
    }

    private void appendExactMatch(StringBuilder text, String newLine) {
        text.append("test loss  ")
                .append(arrow(before().mean(TrainerRound::testLoss), after().mean(TrainerRound::testLoss)))
                .append(newLine);
        text.append("matches    ")
                .append(arrow(before().mean(TrainerRound::exactMatch), after().mean(TrainerRound::exactMatch)))
                .append(" of the final answers, exactly")
                .append(newLine);
        for (String trainer : cohort()) {
            text.append(indented(trainer))
                    .append(arrow(
                            of(before(), trainer, TrainerRound::exactMatch),
                            of(after(), trainer, TrainerRound::exactMatch)))
                    .append("  (on all sites' problems: ")
                    .append(shown(of(after(), trainer, TrainerRound::pooledExactMatch)))
                    .append(')')
                    .append(newLine);
        }
    }

    private String indented(String trainer) {
        int width = cohort().stream().mapToInt(String::length).max().orElse(0);
        return "  " + trainer + " ".repeat(Math.max(9, width + 2) - trainer.length());
    }

    private static String arrow(OptionalDouble before, OptionalDouble after) {
        return shown(before) + " → " + shown(after);
    }

    private static String arrow(OptionalDouble before, OptionalDouble after, OptionalDouble headOnly) {
        return arrow(before, after) + "  (head alone on the frozen encoder: " + shown(headOnly) + ")";
    }

    private static String shown(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "–";
    }

    private List<RoundSummary> trainedRounds() {
        return history.rounds().stream()
                .filter(round -> round.round() > 0 && round.status() == RoundSummary.Status.PUBLISHED)
                .toList();
    }

    private List<String> cohort() {
        return history.admitted();
    }

    private RoundSummary before() {
        return history.round(0).orElseThrow(() -> new IllegalStateException("a finished job without a round 0"));
    }

    private RoundSummary after() {
        List<RoundSummary> rounds = trainedRounds();
        return rounds.isEmpty() ? before() : rounds.get(rounds.size() - 1);
    }

    private static OptionalDouble of(
            RoundSummary round, String trainer, Function<TrainerRound, OptionalDouble> number) {
        return round.trainers().stream()
                .filter(each -> each.trainer().equals(trainer))
                .findFirst()
                .map(number)
                .orElse(OptionalDouble.empty());
    }

    private OptionalDouble medianRound() {
        double[] sorted = trainedRounds().stream()
                .map(RoundSummary::seconds)
                .flatMapToDouble(OptionalDouble::stream)
                .sorted()
                .toArray();
        int half = sorted.length / 2;
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2);
    }

    private List<RoundVerification> verified() {
        return verification.rounds().stream().filter(round -> round.round() > 0).toList();
    }

    private long identical() {
        return verified().stream().filter(RoundVerification::isIdentical).count();
    }

    /** Null if the number is not known: JSON has no NaN. */
    private static Double rounded(OptionalDouble value) {
        return value.isPresent() ? (Double) (Math.round(value.getAsDouble() * 1e4) / 1e4) : null;
    }
}
