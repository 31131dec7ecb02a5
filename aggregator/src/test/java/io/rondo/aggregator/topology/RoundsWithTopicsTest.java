package io.rondo.aggregator.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.aggregator.round.Outbox;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class RoundsWithTopicsTest {
    private final List<SpecificRecord> decided = new ArrayList<>();
    private final List<Integer> required = new ArrayList<>();
    private final Outbox outbox = new RoundsWithTopics(new Decided(), new Topics());

    private final class Decided implements Outbox {
        @Override
        public Sha256 decide(SpecificRecord decision) {
            decided.add(decision);
            return new Sha256(new byte[32]);
        }

        @Override
        public void tell(SpecificRecord record) {}

        @Override
        public Sha256 publish(RoundPublished published) {
            return new Sha256(new byte[32]);
        }
    }

    private final class Topics implements RoundTopics {
        @Override
        public void prepare(int round) {}

        @Override
        public void require(int round) {
            required.add(round);
            if (round == 3) {
                throw new RondoException(ErrorCode.BROKER_REFUSED, "no right to CREATE", "ask for it");
            }
        }
    }

    @Test
    void shouldNotWriteThatARoundIsOpenWhoseTopicIsMissing() {
        outbox.decide(opened(2));
        assertThatThrownBy(() -> outbox.decide(opened(3))).hasMessageContaining("CREATE");

        assertThat(required).containsExactly(2, 3);
        assertThat(decided).hasSize(1);
    }

    private static RoundOpened opened(int round) {
        DecisionHeader header = new DecisionHeader(1L, new Source("commands", 0L, new Sha256(new byte[32]), -1L), 2L);
        return new RoundOpened(header, "uuid", round, round - 1, List.of("lab"), 1, 0L, 1L, 10L, 1, null);
    }
}
