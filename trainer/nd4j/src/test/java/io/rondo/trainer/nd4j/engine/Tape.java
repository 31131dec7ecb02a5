package io.rondo.trainer.nd4j.engine;

import java.util.ArrayList;
import java.util.List;

/** Reverse-mode differentiation of matrices in double precision: slow, plain, and derived from nothing in the engine. */
final class Tape {
    private final List<Runnable> backwards = new ArrayList<>();

    /** A matrix with its gradient. */
    static final class Matrix {
        final int rows;
        final int columns;
        final double[] values;
        final double[] gradient;

        Matrix(int rows, int columns) {
            this.rows = rows;
            this.columns = columns;
            this.values = new double[rows * columns];
            this.gradient = new double[rows * columns];
        }

        static Matrix of(int rows, int columns, float[] values) {
            Matrix matrix = new Matrix(rows, columns);
            for (int i = 0; i < values.length; i++) {
                matrix.values[i] = values[i];
            }
            return matrix;
        }
    }

    /** {@code scale · a · bᵀ}. */
    Matrix timesTransposed(Matrix a, Matrix b, double scale) {
        Matrix out = new Matrix(a.rows, b.rows);
        for (int i = 0; i < a.rows; i++) {
            for (int j = 0; j < b.rows; j++) {
                for (int k = 0; k < a.columns; k++) {
                    out.values[i * b.rows + j] += scale * a.values[i * a.columns + k] * b.values[j * b.columns + k];
                }
            }
        }
        backwards.add(() -> {
            for (int i = 0; i < a.rows; i++) {
                for (int j = 0; j < b.rows; j++) {
                    double d = scale * out.gradient[i * b.rows + j];
                    for (int k = 0; k < a.columns; k++) {
                        a.gradient[i * a.columns + k] += d * b.values[j * b.columns + k];
                        b.gradient[j * b.columns + k] += d * a.values[i * a.columns + k];
                    }
                }
            }
        });
        return out;
    }

    Matrix transpose(Matrix a) {
        Matrix out = new Matrix(a.columns, a.rows);
        for (int i = 0; i < a.rows; i++) {
            for (int j = 0; j < a.columns; j++) {
                out.values[j * a.rows + i] = a.values[i * a.columns + j];
            }
        }
        backwards.add(() -> {
            for (int i = 0; i < a.rows; i++) {
                for (int j = 0; j < a.columns; j++) {
                    a.gradient[i * a.columns + j] += out.gradient[j * a.rows + i];
                }
            }
        });
        return out;
    }

    /** The sum; b may be one row, which is added to each. */
    Matrix plus(Matrix a, Matrix b) {
        Matrix out = new Matrix(a.rows, a.columns);
        for (int i = 0; i < out.values.length; i++) {
            out.values[i] = a.values[i] + b.values[i % b.values.length];
        }
        backwards.add(() -> {
            for (int i = 0; i < out.values.length; i++) {
                a.gradient[i] += out.gradient[i];
                b.gradient[i % b.values.length] += out.gradient[i];
            }
        });
        return out;
    }

    /** The products of elements; b may be one row, which multiplies each. */
    Matrix times(Matrix a, Matrix b) {
        Matrix out = new Matrix(a.rows, a.columns);
        for (int i = 0; i < out.values.length; i++) {
            out.values[i] = a.values[i] * b.values[i % b.values.length];
        }
        backwards.add(() -> {
            for (int i = 0; i < out.values.length; i++) {
                a.gradient[i] += out.gradient[i] * b.values[i % b.values.length];
                b.gradient[i % b.values.length] += out.gradient[i] * a.values[i];
            }
        });
        return out;
    }

    /** Some columns. */
    Matrix columns(Matrix a, int from, int count) {
        Matrix out = new Matrix(a.rows, count);
        for (int i = 0; i < a.rows; i++) {
            System.arraycopy(a.values, i * a.columns + from, out.values, i * count, count);
        }
        backwards.add(() -> {
            for (int i = 0; i < a.rows; i++) {
                for (int j = 0; j < count; j++) {
                    a.gradient[i * a.columns + from + j] += out.gradient[i * count + j];
                }
            }
        });
        return out;
    }

    /** Matrices side by side. */
    Matrix beside(List<Matrix> parts) {
        int rows = parts.get(0).rows;
        Matrix out =
                new Matrix(rows, parts.stream().mapToInt(part -> part.columns).sum());
        int from = 0;
        for (Matrix part : parts) {
            int start = from;
            for (int i = 0; i < rows; i++) {
                System.arraycopy(part.values, i * part.columns, out.values, i * out.columns + start, part.columns);
            }
            backwards.add(() -> {
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < part.columns; j++) {
                        part.gradient[i * part.columns + j] += out.gradient[i * out.columns + start + j];
                    }
                }
            });
            from += part.columns;
        }
        return out;
    }

    Matrix firstRow(Matrix a) {
        Matrix out = new Matrix(1, a.columns);
        System.arraycopy(a.values, 0, out.values, 0, a.columns);
        backwards.add(() -> {
            for (int j = 0; j < a.columns; j++) {
                a.gradient[j] += out.gradient[j];
            }
        });
        return out;
    }

    Matrix softmaxRows(Matrix a) {
        Matrix out = new Matrix(a.rows, a.columns);
        for (int i = 0; i < a.rows; i++) {
            double sum = 0;
            for (int j = 0; j < a.columns; j++) {
                sum += Math.exp(a.values[i * a.columns + j]);
            }
            for (int j = 0; j < a.columns; j++) {
                out.values[i * a.columns + j] = Math.exp(a.values[i * a.columns + j]) / sum;
            }
        }
        backwards.add(() -> {
            for (int i = 0; i < a.rows; i++) {
                for (int j = 0; j < a.columns; j++) {
                    for (int k = 0; k < a.columns; k++) {
                        double p = out.values[i * a.columns + j];
                        double q = out.values[i * a.columns + k];
                        double slope = j == k ? p * (1 - p) : -p * q;
                        a.gradient[i * a.columns + j] += slope * out.gradient[i * a.columns + k];
                    }
                }
            }
        });
        return out;
    }

    Matrix gelu(Matrix a) {
        Matrix out = new Matrix(a.rows, a.columns);
        for (int i = 0; i < a.values.length; i++) {
            out.values[i] = SlowMath.gelu(a.values[i]);
        }
        backwards.add(() -> {
            for (int i = 0; i < a.values.length; i++) {
                a.gradient[i] += SlowMath.geluSlope(a.values[i]) * out.gradient[i];
            }
        });
        return out;
    }

    Matrix tanh(Matrix a) {
        Matrix out = new Matrix(a.rows, a.columns);
        for (int i = 0; i < a.values.length; i++) {
            out.values[i] = Math.tanh(a.values[i]);
        }
        backwards.add(() -> {
            for (int i = 0; i < a.values.length; i++) {
                double cosh = Math.cosh(a.values[i]);
                a.gradient[i] += out.gradient[i] / (cosh * cosh);
            }
        });
        return out;
    }

    /** Layer norm, built of small steps whose derivatives need no formula of the whole. */
    Matrix layerNorm(Matrix a, Matrix weight, Matrix bias, double epsilon) {
        Matrix out = new Matrix(a.rows, a.columns);
        int n = a.columns;
        for (int i = 0; i < a.rows; i++) {
            double mean = 0;
            for (int j = 0; j < n; j++) {
                mean += a.values[i * n + j] / n;
            }
            double variance = 0;
            for (int j = 0; j < n; j++) {
                variance += (a.values[i * n + j] - mean) * (a.values[i * n + j] - mean) / n;
            }
            double deviation = Math.sqrt(variance + epsilon);
            for (int j = 0; j < n; j++) {
                out.values[i * n + j] = (a.values[i * n + j] - mean) / deviation * weight.values[j] + bias.values[j];
            }
            int row = i * n;
            double finalMean = mean;
            backwards.add(() -> {
                double varianceGradient = 0;
                double meanGradient = 0;
                for (int j = 0; j < n; j++) {
                    double d = out.gradient[row + j] * weight.values[j];
                    varianceGradient -= d * (a.values[row + j] - finalMean) / (2 * deviation * deviation * deviation);
                    meanGradient -= d / deviation;
                    a.gradient[row + j] += d / deviation;
                }
                for (int j = 0; j < n; j++) {
                    a.gradient[row + j] +=
                            meanGradient / n + varianceGradient * 2 * (a.values[row + j] - finalMean) / n;
                }
            });
        }
        return out;
    }

    /** Cross-entropy of one row of outputs, whose gradient starts the way back. */
    double crossEntropy(Matrix outputs, int label, double share) {
        double sum = 0;
        for (double value : outputs.values) {
            sum += Math.exp(value);
        }
        double total = sum;
        backwards.add(() -> {
            for (int i = 0; i < outputs.values.length; i++) {
                outputs.gradient[i] += share * (Math.exp(outputs.values[i]) / total - (i == label ? 1 : 0));
            }
        });
        return share * (Math.log(sum) - outputs.values[label]);
    }

    void backward() {
        for (int i = backwards.size() - 1; i >= 0; i--) {
            backwards.get(i).run();
        }
    }
}
