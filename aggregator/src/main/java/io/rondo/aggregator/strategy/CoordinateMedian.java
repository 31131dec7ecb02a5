package io.rondo.aggregator.strategy;

/**
 * The median of each element (Yin et al. 2018, arXiv 1803.01498, definition 1): fewer than half of the updates cannot move
 * it past the others. Of an even number it is the mean of the two in the middle.
 */
public final class CoordinateMedian implements OrderStatistic {
    @Override
    public String name() {
        return "coordinate-median";
    }

    @Override
    public float of(float[] ascending) {
        int middle = ascending.length / 2;
        return ascending.length % 2 == 1
                ? ascending[middle]
                : (float) (((double) ascending[middle - 1] + ascending[middle]) / 2);
    }
}
