package io.rondo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What PEFT computed for each text, and how far that is from something else. */
final class Logits {
    private Logits() {}

    /** The file that {@code check_export.py} or {@code adapters.py} leaves beside an adapter. */
    static List<double[]> read(Path file) throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(file.toFile())
                .path("logits")
                .valueStream()
                .map(row -> row.valueStream().mapToDouble(JsonNode::asDouble).toArray())
                .toList();
    }

    static double largestDifference(List<double[]> one, List<double[]> other) {
        assertThat(one).isNotEmpty().hasSameSizeAs(other);
        double largest = 0;
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i)).hasSameSizeAs(other.get(i));
            for (int label = 0; label < one.get(i).length; label++) {
                largest = Math.max(largest, Math.abs(one.get(i)[label] - other.get(i)[label]));
            }
        }
        return largest;
    }
}
