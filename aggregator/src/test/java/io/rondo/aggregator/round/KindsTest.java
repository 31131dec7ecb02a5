package io.rondo.aggregator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.topic.JobTopics;
import io.rondo.schemas.topic.Topic;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Dispatch covers every record that may stand on a topic: the kinds are complete, and the compiler checks the switches. */
class KindsTest {
    private static final JobTopics TOPICS = new JobTopics("kinds", 1, 1);

    @Test
    void shouldHaveAKindForEveryDecision() {
        List<DecisionKind> kinds =
                records(TOPICS.decisions()).map(DecisionKind::of).toList();

        assertThat(kinds).containsExactlyInAnyOrder(DecisionKind.values());
    }

    @Test
    void shouldHaveAKindForEveryInput() {
        List<InputKind> kinds = Stream.of(TOPICS.commands(), TOPICS.manifests(), TOPICS.parts())
                .flatMap(KindsTest::records)
                .map(InputKind::of)
                .toList();

        assertThat(kinds)
                .containsExactlyInAnyOrder(Arrays.stream(InputKind.values())
                        .filter(kind -> kind != InputKind.OTHER)
                        .toArray(InputKind[]::new));
    }

    @Test
    void shouldTellWhatIsNone() {
        SpecificRecord decision = records(TOPICS.decisions()).findFirst().orElseThrow();
        SpecificRecord command = records(TOPICS.commands()).findFirst().orElseThrow();

        assertThat(InputKind.of(decision)).isEqualTo(InputKind.OTHER);
        assertThat(DecisionKind.is(command)).isFalse();
        assertThatThrownBy(() -> DecisionKind.of(command)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Stream<SpecificRecord> records(Topic topic) {
        return topic.records().stream().map(KindsTest::empty);
    }

    private static SpecificRecord empty(Class<? extends SpecificRecord> type) {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }
}
