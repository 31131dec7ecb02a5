package io.rondo.trainer.runtime.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.log.TrainerJoined;
import io.rondo.schemas.topic.JobTopics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class RoundsKindTest {

    @Test
    void shouldHaveAKindForEveryRecordOfTheTopic() throws ReflectiveOperationException {
        List<RoundsKind> kinds = new ArrayList<>();
        for (Class<? extends SpecificRecord> type :
                new JobTopics("kinds", 1, 1).rounds().records()) {
            kinds.add(RoundsKind.of(type.getDeclaredConstructor().newInstance()));
        }

        assertThat(kinds)
                .containsExactlyInAnyOrder(Arrays.stream(RoundsKind.values())
                        .filter(kind -> kind != RoundsKind.OTHER)
                        .toArray(RoundsKind[]::new));
    }

    @Test
    void shouldTellWhatIsNone() {
        assertThat(RoundsKind.of(new TrainerJoined())).isEqualTo(RoundsKind.OTHER);
    }
}
