package io.rondo.page.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rondo.inspect.rounds.RoundWait;
import java.util.List;

/**
 * The answers of the page's API that come from a {@link JobIndex}. What is not known is null, and so is the
 * accuracy of a model that answers problems: it has an exact match in its place.
 */
public final class Views {
    private Views() {}

    /**
     * A job at a glance.
     *
     * @param version grows with every decision
     * @param complete whether all that the log held when it was opened has been read
     * @param state {@code unstarted}, {@code running}, {@code paused}, {@code finished} or {@code aborted}
     * @param lastRound the last round that was opened, -1 for none
     * @param published the last round published, -1 for none
     * @param waiting what the job waits for, as {@code rondo rounds --json} says it
     * @param waitingText the same in a sentence
     * @param forgottenBefore rounds before this one have no cells any more, 0 if all have
     */
    public record Overview(
            String key,
            long version,
            boolean complete,
            String state,
            String reason,
            int rounds,
            int lastRound,
            int published,
            int failed,
            int trainers,
            int there,
            long accepted,
            long late,
            long rejected,
            long bytes,
            Double loss,
            Double accuracy,
            Double exactMatch,
            RoundWait.Result waiting,
            String waitingText,
            int forgottenBefore,
            Facts facts) {}

    /** What a job is; null until an aggregator has started it. */
    public record Facts(
            String uuid,
            String method,
            String adapter,
            String model,
            int rank,
            double alpha,
            List<String> targetModules,
            String strategy,
            String weights,
            String cohort,
            String quorum,
            long deadlineMs,
            int localSteps,
            int minTrainers,
            int partitions,
            String withoutQuorum,
            String lateUpdates,
            Origin origin) {}

    /** The round of another job that a job continues from. */
    public record Origin(String job, String uuid, int round, String digest) {}

    /** One round in a row. */
    public record RoundRow(
            int round,
            String status,
            int base,
            long openedAt,
            long deadline,
            Double seconds,
            int asked,
            int quorum,
            int accepted,
            int late,
            int rejected,
            int extensions,
            long bytes,
            Double loss,
            Double accuracy,
            Double exactMatch,
            String trigger,
            int revision,
            String digest,
            String failure) {}

    /** One trainer in a row. */
    public record TrainerRow(
            String trainer,
            boolean there,
            String gone,
            String software,
            int joins,
            int asked,
            int took,
            int late,
            int rejected,
            Double meanSeconds,
            long bytes,
            Long examples,
            int last,
            int behind,
            Double loss,
            Double accuracy,
            Double exactMatch) {}

    /** A part of a list. */
    public record Page<T>(long version, int total, int from, List<T> rows) {}

    /**
     * A window of the grid.
     *
     * @param trainers the ids of its columns
     * @param rounds its rows
     */
    public record Grid(
            long version, int totalTrainers, int firstTrainer, List<String> trainers, List<GridRow> rounds) {}

    /** A row of the grid: null stands for a trainer that was not asked and sent nothing. */
    public record GridRow(int round, String status, boolean forgotten, List<GridCell> cells) {}

    /** One trainer in one round. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record GridCell(
            String verdict,
            Double seconds,
            Long bytes,
            Long examples,
            Double loss,
            Double accuracy,
            Double exactMatch,
            Double norm,
            String reason,
            Integer of) {}

    /** Values of a line over rounds, NaN where there are none. */
    public static final class Series {
        private final String name;
        private final double[] values;

        Series(String name, double[] values) {
            this.name = name;
            this.values = values.clone();
        }

        public String name() {
            return name;
        }

        public double[] values() {
            return values.clone();
        }
    }
}
