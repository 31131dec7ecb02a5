package io.rondo.experiment;

import io.rondo.schemas.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * How alike the factors of sites are that were trained alone (arXiv 2410.01463, section 4): per module, the mean over all
 * pairs of sites of the cosine of A, B, A − A⁰ and B·A as vectors. A − A⁰ is the honest one: most of the likeness of A is
 * that of a common start. Beside them, how far each site's A is from its own A⁰: their cosine, and the length of A − A⁰ over
 * that of A⁰.
 */
final class Similarities {
    static final String TO_START = "cos(A,A0)";
    static final String MOVED = "|A-A0|/|A0|";

    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final String PREFIX = "base_model.model.";

    private Similarities() {}

    /**
     * @param trained the parameters of each site, by name
     * @param starts those that each site started from
     */
    static List<RunResult.Similarity> of(List<Map<String, Tensor>> trained, List<Map<String, Tensor>> starts) {
        List<RunResult.Similarity> similarities = new ArrayList<>();
        for (String name : trained.get(0).keySet().stream().sorted().toList()) {
            if (!name.endsWith(A)) {
                continue;
            }
            String b = name.substring(0, name.length() - A.length()) + B;
            String module = name.substring(PREFIX.length(), name.length() - A.length());
            similarities.add(mean(
                    module, "A", trained.size(), (i, j) -> cosine(values(trained, i, name), values(trained, j, name))));
            similarities.add(
                    mean(module, "B", trained.size(), (i, j) -> cosine(values(trained, i, b), values(trained, j, b))));
            similarities.add(mean(
                    module,
                    "A-A0",
                    trained.size(),
                    (i, j) -> cosine(
                            minus(values(trained, i, name), values(starts, i, name)),
                            minus(values(trained, j, name), values(starts, j, name)))));
            similarities.add(mean(
                    module,
                    "BA",
                    trained.size(),
                    (i, j) -> cosine(
                            product(trained.get(i).get(b), trained.get(i).get(name)),
                            product(trained.get(j).get(b), trained.get(j).get(name)))));
            similarities.add(new RunResult.Similarity(
                    module, TO_START, meanOverSites(trained, starts, name, Similarities::cosine)));
            similarities.add(new RunResult.Similarity(
                    module,
                    MOVED,
                    meanOverSites(trained, starts, name, (a, start) -> norm(minus(a, start)) / norm(start))));
        }
        return similarities;
    }

    private static RunResult.Similarity mean(
            String module, String quantity, int sites, ToDoubleBiFunction<Integer, Integer> cosine) {
        double sum = 0;
        int pairs = 0;
        for (int i = 0; i < sites; i++) {
            for (int j = i + 1; j < sites; j++) {
                sum += cosine.applyAsDouble(i, j);
                pairs++;
            }
        }
        return new RunResult.Similarity(module, quantity, pairs == 0 ? Double.NaN : sum / pairs);
    }

    private static double meanOverSites(
            List<Map<String, Tensor>> trained,
            List<Map<String, Tensor>> starts,
            String name,
            ToDoubleBiFunction<float[], float[]> measure) {
        double sum = 0;
        for (int i = 0; i < trained.size(); i++) {
            sum += measure.applyAsDouble(values(trained, i, name), values(starts, i, name));
        }
        return sum / trained.size();
    }

    private static float[] values(List<Map<String, Tensor>> sites, int site, String name) {
        return sites.get(site).get(name).values();
    }

    private static float[] minus(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    /** B·A, row-major. */
    private static float[] product(Tensor b, Tensor a) {
        int out = b.shape()[0];
        int rank = a.shape()[0];
        int in = a.shape()[1];
        float[] left = b.values();
        float[] right = a.values();
        float[] product = new float[out * in];
        for (int row = 0; row < out; row++) {
            for (int k = 0; k < rank; k++) {
                float factor = left[row * rank + k];
                for (int column = 0; column < in; column++) {
                    product[row * in + column] += factor * right[k * in + column];
                }
            }
        }
        return product;
    }

    static double cosine(float[] a, float[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
        }
        return dot / (norm(a) * norm(b));
    }

    private static double norm(float[] a) {
        double squares = 0;
        for (float value : a) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
