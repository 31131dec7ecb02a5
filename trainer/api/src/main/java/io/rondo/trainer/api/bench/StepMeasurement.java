package io.rondo.trainer.api.bench;

/**
 * What was measured, all in one run.
 *
 * @param stepMs median time of a step of one trainer, in milliseconds
 * @param floorMs median of the time that the matrix products of an ordinary step, every layer in full, take at the rate
 *     below
 * @param gflops rate of the machine's own matrix products on the shapes of this model, on as many threads, in 10⁹ floating
 *     point operations a second
 * @param peakGflops rate of the vector units alone, on as many threads; NaN where that is not known
 * @param products the library that computes the products
 * @param samplesPerSecond examples a second, of one trainer
 * @param togetherSamplesPerSecond examples a second of all trainers at once, summed
 * @param peakMb most memory of the process, in 10⁶ bytes; NaN where the system does not tell
 * @param gradRelError how far the slope of the loss along the gradient is from the gradient's length, by central
 *     differences
 * @param kernels what computes rows, {@code vector} or {@code plain}
 */
public record StepMeasurement(
        double stepMs,
        double floorMs,
        double gflops,
        double peakGflops,
        ProductKernels products,
        double samplesPerSecond,
        double togetherSamplesPerSecond,
        double peakMb,
        double gradRelError,
        String kernels) {

    /** How many times as long as the floor a step takes. */
    public double ratio() {
        return stepMs / floorMs;
    }

    /** The part of the vector units' rate at which the library multiplies. */
    public double productsOfPeak() {
        return gflops / peakGflops;
    }

    /** The part of the vector units' rate at which a step runs, by the operations of the floor. */
    public double stepOfPeak() {
        return productsOfPeak() / ratio();
    }
}
