package io.rondo.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.rondo.trainer.data.Example;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MadeTextTest {
    @Test
    void shouldRepeatItselfFromTheSeedAndDifferByIt() {
        assertThat(MadeText.sites(3, 1)).isEqualTo(MadeText.sites(3, 1)).isNotEqualTo(MadeText.sites(3, 2));
    }

    @Test
    void shouldLeaveSitesAsTheyAreWhenOneIsAdded() {
        assertThat(MadeText.sites(5, 1).subList(0, 3)).isEqualTo(MadeText.sites(3, 1));
        assertThat(MadeText.sites(5, 1))
                .extracting(Site::trainer)
                .containsExactly("plant", "cinema", "helpdesk", "plant-2", "cinema-2");
    }

    @Test
    void shouldMixLabelsInAnotherWayAtEachSite() {
        List<Double> shares = MadeText.sites(3, 1).stream()
                .map(site -> site.train().stream()
                                .filter(row -> row.label().equals("1"))
                                .count()
                        / (double) site.train().size())
                .toList();

        assertThat(shares.get(0)).isBetween(0.42, 0.58);
        assertThat(shares.get(1)).isBetween(0.27, 0.43);
        assertThat(shares.get(2)).isBetween(0.57, 0.73);
    }

    @Test
    void shouldShowNoSentenceTwice() {
        Set<String> sentences = new HashSet<>();

        for (Site<Example> site : MadeText.sites(6, 1)) {
            for (Example row : site.train()) {
                assertThat(sentences.add(row.text())).as(row.text()).isTrue();
            }
            for (Example row : site.test()) {
                assertThat(sentences.add(row.text())).as(row.text()).isTrue();
            }
        }
    }

    @Test
    void shouldGiveThePredicateOfASentenceBothLabels() {
        List<Example> rows = MadeText.sites(1, 1).get(0).train();

        assertThat(rows.stream()
                        .filter(row -> row.text().contains("overheating"))
                        .map(Example::label))
                .contains("0", "1");
    }
}
