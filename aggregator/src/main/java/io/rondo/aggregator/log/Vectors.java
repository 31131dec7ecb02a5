package io.rondo.aggregator.log;

/** Lengths and angles of vectors, summed in float64 from the first element to the last. */
public final class Vectors {
    private Vectors() {}

    public static double norm(float[] values) {
        return Math.sqrt(dot(values, values));
    }

    /** The scalar product. @throws IllegalArgumentException when they differ in length */
    public static double dot(float[] one, float[] other) {
        requireSame(one, other);
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    /** The Euclidean distance. @throws IllegalArgumentException when they differ in length */
    public static double distance(float[] one, float[] other) {
        requireSame(one, other);
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            double difference = (double) one[i] - other[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    /** The cosine of the angle between them; NaN where one of them is zero. */
    public static double cosine(float[] one, float[] other) {
        return dot(one, other) / (norm(one) * norm(other));
    }

    private static void requireSame(float[] one, float[] other) {
        if (one.length != other.length) {
            throw new IllegalArgumentException("vectors of " + one.length + " and " + other.length + " elements");
        }
    }
}
