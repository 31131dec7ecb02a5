package io.rondo.trainer.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.trainer.nd4j.engine.AdapterShape;
import io.rondo.trainer.nd4j.engine.StateCache;
import io.rondo.trainer.nd4j.engine.TargetModule;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedStatesTest {
    private static final Path MODEL = Path.of("models", "bert");

    private final SharedStates states = new SharedStates();

    @Test
    void shouldShareAmongAdaptersOfOneModelWithTheSameLowestLayer() {
        StateCache first = states.of(MODEL, adapter(8, 4, 5), 1 << 20);

        assertThat(states.of(MODEL.resolve("..").resolve("bert"), adapter(4, 4), 1 << 20))
                .isSameAs(first);
    }

    @Test
    void shouldNotShareWhatWouldBeOtherStates() {
        StateCache first = states.of(MODEL, adapter(8, 4, 5), 1 << 20);

        assertThat(states.of(MODEL, adapter(8, 3, 5), 1 << 20)).isNotSameAs(first);
        assertThat(states.of(Path.of("models", "roberta"), adapter(8, 4, 5), 1 << 20))
                .isNotSameAs(first);
        assertThat(states.of(MODEL, adapter(8, 4, 5), 0)).isNotSameAs(first);
    }

    private static AdapterShape adapter(int rank, Integer... layers) {
        return new AdapterShape(AdapterKind.LORA, rank, 2, List.of(TargetModule.QUERY), List.of(layers), 2);
    }
}
