package io.rondo.page.index;

/** What a line shows of a trainer in a round. */
public enum Measure {
    LOSS,
    ACCURACY,
    SECONDS,
    NORM;

    double of(Cell cell) {
        if (cell == null) {
            return Double.NaN;
        }
        return switch (this) {
            case LOSS -> cell.loss;
            case ACCURACY -> cell.accuracy;
            case SECONDS -> cell.verdict.counts() ? cell.after : Double.NaN;
            case NORM -> cell.norm;
        };
    }
}
