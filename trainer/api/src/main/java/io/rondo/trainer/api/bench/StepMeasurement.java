package io.rondo.trainer.api.bench;

/**
 * The measurements of one run.
 *
 * @param stepMs median time of a step of one trainer, in milliseconds
 * @param floorMs median of the time that the matrix products of an ordinary step, every layer in full, take at the rate
 *     below
 * @param gflops rate of the machine's own matrix products on the shapes of this model, on as many threads, in 10⁹ floating
 *     point operations a second
 * @param peakGflops peak rate of the vector units, on as many threads; NaN if unknown
 * @param products the library that computes the products
 * @param samplesPerSecond examples a second, of one trainer
 * @param togetherSamplesPerSecond examples a second of all concurrent trainers, summed
 * @param peakMb peak memory of the process, in 10⁶ bytes; NaN if the system does not report it
 * @param gradRelError how far the slope of the loss along the gradient is from the gradient's length, by central
 *     differences
 * @param kernels the row kernels, {@code vector} or {@code plain}
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

    /** The ratio of a step's time to the floor. */
    public double ratio() {
        return stepMs / floorMs;
    }

    /** The library's matrix product rate as a fraction of the vector units' peak. */
    public double productsOfPeak() {
        return gflops / peakGflops;
    }

    /** A step's rate, by the operations of the floor, as a fraction of the vector units' peak. */
    public double stepOfPeak() {
        return productsOfPeak() / ratio();
    }
}
