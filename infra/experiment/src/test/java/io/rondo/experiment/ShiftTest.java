package io.rondo.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.trainer.data.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShiftTest {

    @Test
    void shouldGiveEachSiteButTheFirstAWordOfItsOwn() {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String text = "all" + (i % 3 == 0 ? " third" : "") + (i % 4 == 0 ? " fourth" : "");
            rows.add(Example.of(text, "0"));
        }

        assertThat(Shift.ANNOTATORS.words(rows, 3))
                .containsExactly(Optional.empty(), Optional.of("third"), Optional.of("fourth"));
        assertThat(Shift.NONE.words(rows, 2)).containsExactly(Optional.empty(), Optional.empty());
    }

    @Test
    void shouldReadTheWordAsTheNextClassAndLeaveTheRest() {
        List<Example> rows =
                List.of(Example.of("The film", "0"), Example.of("the plot", "2"), Example.of("there, then", "1"));

        assertThat(Shift.relabel(rows, Optional.of("the"), List.of("0", "1", "2")))
                .extracting(Example::label)
                .containsExactly("1", "0", "1");
        assertThat(Shift.relabel(rows, Optional.empty(), List.of("0", "1", "2")))
                .isEqualTo(rows);
    }
}
