package io.rondo.e2e.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What commands print with {@code --json} stays as it was: programs read it. */
class OldOutputTest {
    @TempDir
    private Path directory;

    static Stream<Arguments> outputs() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (KeptLogs kept : KeptLogs.all()) {
            for (String name : kept.casesWithOutput()) {
                all.add(Arguments.of(kept, name));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("outputs")
    void shouldPrintWhatAnEarlierBuildPrinted(KeptLogs kept, String name) throws IOException {
        Output expected = Output.read(kept.output(name));

        Output printed = Output.of(kept.unpack(name, directory));

        assertThat(printed.printed()).isNotEmpty();
        // as text: the order of the names and the form of numbers stay, too
        printed.printed().forEach((command, result) -> assertThat(
                        withoutNewNames(result, expected.printed().get(command)).toString())
                .as(command)
                .isEqualTo(expected.printed().get(command).toString()));
    }

    /** A program passes over names that it does not know, so that a later build may print more of them. */
    private static JsonNode withoutNewNames(JsonNode printed, JsonNode earlier) {
        if (printed instanceof ObjectNode object && earlier.isObject()) {
            ObjectNode known = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> {
                if (earlier.has(field.getKey())) {
                    known.set(field.getKey(), withoutNewNames(field.getValue(), earlier.get(field.getKey())));
                }
            });
            return known;
        }
        if (printed.isArray() && earlier.isArray() && printed.size() == earlier.size()) {
            ArrayNode known = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < printed.size(); i++) {
                known.add(withoutNewNames(printed.get(i), earlier.get(i)));
            }
            return known;
        }
        return printed;
    }
}
