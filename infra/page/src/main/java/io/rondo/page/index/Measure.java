package io.rondo.page.index;

/** What a line shows of a trainer in a round. */
public enum Measure {
    LOSS,
    /** Accuracy or exact match. */
    SCORE,
    SECONDS,
    NORM;

    double of(Cell cell) {
        if (cell == null) {
            return Double.NaN;
        }
        return switch (this) {
            case LOSS -> cell.loss;
            case SCORE -> cell.score;
            case SECONDS -> cell.verdict.counts() ? cell.after : Double.NaN;
            case NORM -> cell.norm;
        };
    }
}
