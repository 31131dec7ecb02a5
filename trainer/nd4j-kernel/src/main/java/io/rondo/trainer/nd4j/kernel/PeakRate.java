package io.rondo.trainer.nd4j.kernel;

/**
 * The peak rate of the processor's vector units: fused multiply-adds on registers only, which no matrix product can exceed.
 * It depends on the vector width and the clock, not on a library. Safe for any thread.
 */
public final class PeakRate {
    /** The compiler replaces the loop while it runs, some time after these calls; rates measured before are meaningless. */
    private static final int CALLS_TO_COMPILE = 10_000;

    private static final long WITHOUT_GAIN_NANOS = 200_000_000L;
    private static final double GAIN = 1.02;
    private static final long LIMIT_NANOS = 3_000_000_000L;

    private PeakRate() {}

    /**
     * Measures the best of many short runs on the calling thread, so that other load on the machine hardly matters. Takes a
     * fraction of a second, at most 3 s.
     *
     * @return 10⁹ floating point operations a second; NaN where the JVM has no vectors
     */
    public static double gflopsOfOneThread() {
        return Kernels.kind().equals("vector") ? best() : Double.NaN;
    }

    private static double best() {
        double best = 0;
        long start = System.nanoTime();
        long gained = start;
        long now = start;
        for (int calls = 0;
                (calls < CALLS_TO_COMPILE || now - gained < WITHOUT_GAIN_NANOS) && now - start < LIMIT_NANOS;
                calls++) {
            double rate = FusedLoop.gflops();
            now = System.nanoTime();
            if (rate > best * GAIN) {
                gained = now;
            }
            best = Math.max(best, rate);
        }
        return best;
    }
}
